-- Frees what has expired, oldest first.
-- ARGV: epoch, now, limit
-- OK count | STALE
local refused = stale()
if refused then return refused end
local due = redis.call('ZRANGEBYSCORE', prefix .. 'expiries', '-inf', ARGV[2], 'LIMIT', '0', ARGV[3])
local freed = 0
for _, member in ipairs(due) do
  local id, seat = string.match(member, '^(.*)|(%d+)$')
  local key = prefix .. 'slot:' .. id
  local fields = read_slot(key)
  if fields and fields[seat .. ':state'] and state_of(fields, seat) == 'free' then
    vacate(key, id, fields, seat)
    publish(key, id, fields)
    freed = freed + 1
  else
    redis.call('ZREM', prefix .. 'expiries', member)  -- Of a slot that is no longer open.
  end
end
return {'OK', tostring(freed)}
