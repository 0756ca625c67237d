-- Gives back what is held for orders that were stopped; prepared seats are left to the ledger's word.
-- Goes over all that is held in the region, a few hundred seats: orders are stopped some times an hour.
-- ARGV: epoch, now, orders…
-- OK count | STALE
local refused = stale()
if refused then return refused end
local stopped, given = {}, 0
for i = 3, #ARGV do stopped[ARGV[i]] = ARGV[i] ~= '' end
for _, member in ipairs(redis.call('ZRANGE', prefix .. 'expiries', '0', '-1')) do
  local id, seat = string.match(member, '^(.*)|(%d+)$')
  local key = slot_prefix .. id
  if stopped[redis.call('HGET', key, seat .. ':order') or ''] then
    local fields = read_slot(key)
    if fields and state_of(fields, seat) == 'held' then
      vacate(key, id, fields, seat)
      publish(key, id, fields)
      given = given + 1
    elseif fields and state_of(fields, seat) == 'prepared' then
      forget_hold(key, seat)
    end
  end
end
return {'OK', tostring(given)}
