-- Held → prepared for one appointment, idempotent for it.
-- ARGV: epoch, now, id, token, holder, appointment, length µs
-- OK hold | LOST | STALE
local refused = stale()
if refused then return refused end
local key, id, appointment = KEYS[2], ARGV[3], ARGV[6]
local fields = read_slot(key)
if not fields then return {'LOST'} end
local seat, state = find_hold(fields, ARGV[4], ARGV[5])
if not seat then return {'LOST'} end
if state == 'prepared' then
  if fields[seat .. ':appointment'] ~= appointment then return {'LOST'} end
  return hold_reply(fields, seat, fields.free, fields.hold_us)
end
put(key, fields, seat, {state = 'prepared', appointment = appointment,
                        held_until_us = fields[seat .. ':expire_us'],
                        expire_us = us(now + tonumber(ARGV[7]))})
file_expiry(id, fields, seat)
return hold_reply(fields, seat, publish(key, id, fields))
