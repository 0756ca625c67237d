-- Gives back what a holder holds under a watch that has ended; prepared seats are left to the ledger's
-- word.
-- ARGV: epoch, now, holder, watch
-- OK count | STALE
local refused = stale()
if refused then return refused end
local holder, watch, given = ARGV[3], ARGV[4], 0
for _, member in ipairs(redis.call('ZRANGE', prefix .. 'holder:' .. holder, '0', '-1')) do
  local id, seat = string.match(member, '^(.*)|(%d+)$')
  local key = slot_prefix .. id
  local fields = read_slot(key)
  local bound = fields and fields[seat .. ':watch'] == watch and fields[seat .. ':holder'] == holder
  if bound and state_of(fields, seat) == 'held' then
    vacate(key, id, fields, seat)
    publish(key, id, fields)
    given = given + 1
  elseif bound and state_of(fields, seat) == 'prepared' then
    forget_hold(key, seat)
  end
end
return {'OK', tostring(given)}
