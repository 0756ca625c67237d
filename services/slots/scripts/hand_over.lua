-- Gives a hold to another holder, under the same token and until the same hour. A prepared seat stays
-- with who confirms.
-- ARGV: epoch, now, id, token, holder, new holder
-- OK hold | LOST | STALE
local refused = stale()
if refused then return refused end
local key, id, new_holder = KEYS[2], ARGV[3], ARGV[6]
local fields = read_slot(key)
if not fields then return {'LOST'} end
local seat, state = find_hold(fields, ARGV[4], ARGV[5])
if not seat then
  -- A repeat: it has gone over already.
  seat, state = find_hold(fields, ARGV[4], new_holder)
  if not seat then return {'LOST'} end
elseif state == 'held' and new_holder ~= ARGV[5] then
  redis.call('ZREM', prefix .. 'holder:' .. ARGV[5], id .. '|' .. seat)
  put(key, fields, seat, {holder = new_holder})
  file_expiry(id, fields, seat)
end
return hold_reply(fields, seat, fields.free, fields.hold_us)
