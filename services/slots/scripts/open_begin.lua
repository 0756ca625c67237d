-- Begins a load under a new epoch. Without `keep`, what the book holds is not believed: it refuses
-- every transition until the load is finished.
-- ARGV: new epoch, now, keep 1|0
-- OK | STALE when a newer load or epoch is there
local at_work = math.max(tonumber(epoch) or 0, tonumber(loading) or 0)
if tonumber(ARGV[1]) <= at_work then return {'STALE', us(at_work)} end
redis.call('HSET', meta_key, 'loading', ARGV[1], 'loading_us', ARGV[2])
if ARGV[3] ~= '1' then
  redis.call('HDEL', meta_key, 'epoch', 'seat_sequence')
  for _, member in ipairs(redis.call('ZRANGE', prefix .. 'expiries', '0', '-1')) do
    local id, seat = string.match(member, '^(.*)|(%d+)$')
    local holder = redis.call('HGET', prefix .. 'slot:' .. id, seat .. ':holder')
    if holder then redis.call('DEL', prefix .. 'holder:' .. holder) end
    local organization = redis.call('HGET', prefix .. 'slot:' .. id, seat .. ':organization')
    if organization then redis.call('DEL', prefix .. 'organization:' .. organization) end
  end
  redis.call('DEL', prefix .. 'expiries')
end
return {'OK'}
