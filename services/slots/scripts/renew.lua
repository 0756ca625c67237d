-- Extends a living hold from now, never past its renewal limit; a prepared seat stays as it is. With
-- length 0 it only looks.
-- ARGV: epoch, now, id, token, holder, length µs
-- OK hold | LOST | STALE
local refused = stale()
if refused then return refused end
local key, id = KEYS[2], ARGV[3]
local fields = read_slot(key)
if not fields then return {'LOST'} end
local seat, state = find_hold(fields, ARGV[4], ARGV[5])
if not seat then return {'LOST'} end
local length = tonumber(ARGV[6])
if state == 'held' and length > 0 then
  local limit = tonumber(fields[seat .. ':renew_limit_us'])
  put(key, fields, seat, {expire_us = us(math.min(now + length, limit))})
  file_expiry(id, fields, seat)
end
return hold_reply(fields, seat, publish(key, id, fields))
