-- Seats of a slot now: state, expiry and appointment of each.
-- ARGV: epoch, now, id
-- OK seats… | NOT_OPEN | STALE
local refused = stale()
if refused then return refused end
local fields = read_slot(KEYS[2])
if not fields then return {'NOT_OPEN'} end
local reply = {'OK'}
for seat = 0, tonumber(fields.top) - 1 do
  local state = state_of(fields, seat)
  local known = state ~= 'free'
  reply[#reply + 1] = state
  reply[#reply + 1] = known and fields[seat .. ':expire_us'] or '0'
  reply[#reply + 1] = known and fields[seat .. ':appointment'] or ''
end
return reply
