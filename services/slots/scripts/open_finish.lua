-- The loaded epoch becomes the book's. Fences go on above every fence of an earlier epoch, so that a
-- flush never rewinds them. Followers of the stream learn the new epoch from it.
-- ARGV: epoch of the load, now, sequence of the ledger's reading, directory, horizon
-- OK | STALE when another load has come
if loading == '' or loading ~= ARGV[1] then return {'STALE', epoch} end
local facts = redis.call('HMGET', meta_key, 'fence', 'seat_sequence')
local fence = math.max(tonumber(facts[1] or '0'), tonumber(ARGV[1]) * 4294967296)
local sequence = math.max(tonumber(facts[2] or '0'), tonumber(ARGV[3]))
redis.call('HSET', meta_key, 'epoch', ARGV[1], 'fence', us(fence), 'seat_sequence', us(sequence),
           'directory', ARGV[4], 'horizon', ARGV[5])
redis.call('HDEL', meta_key, 'loading', 'loading_us', 'refreshing', 'refreshing_us')
redis.call('DEL', prefix .. 'sites')
redis.call('XADD', prefix .. 'changes', 'MAXLEN', '~', changes_max, '*', 'slot', '', 'free', '0',
           'hold_expire_us', '0', 'epoch', ARGV[1])
return {'OK'}
