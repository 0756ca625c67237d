-- Opens slots with the seats that the ledger knows as taken, and shows that the load lives.
-- KEYS: meta, slots…
-- ARGV: epoch of the load, now, sequence of the ledger's reading, slots
-- OK | STALE when another load has come
if loading == '' or loading ~= ARGV[1] then return {'STALE', epoch} end
redis.call('HSET', meta_key, 'loading_us', ARGV[2])
at = 4
for i = 2, #KEYS do open_slot(KEYS[i], ARGV[1], nil, tonumber(ARGV[3])) end
return {'OK'}
