-- Gives a hold back. Nothing to give back is no fault; a prepared seat is left to the ledger's word.
-- ARGV: epoch, now, id, token, holder
-- OK 1|0 | STALE
local refused = stale()
if refused then return refused end
local key, id = KEYS[2], ARGV[3]
local fields = read_slot(key)
if not fields then return {'OK', '0'} end
local seat, state = find_hold(fields, ARGV[4], ARGV[5])
if seat and state == 'prepared' then forget_hold(key, seat) end
if not seat or state ~= 'held' then return {'OK', '0'} end
vacate(key, id, fields, seat)
publish(key, id, fields)
return {'OK', '1'}
