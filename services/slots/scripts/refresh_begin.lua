-- Claims the refresh of the book up to a version of the directory.
-- ARGV: epoch, now, version, length of a claim µs, take over 1|0
-- OK 1|0 (0: the book has come so far, or another is at it, whatever version that one goes up to; who
-- takes over is refused only where another goes further) | STALE
local refused = not_refreshable()
if refused then return refused end
local version = tonumber(ARGV[3])
local facts = redis.call('HMGET', meta_key, 'directory', 'refreshing', 'refreshing_us')
if (tonumber(facts[1] or '') or 0) >= version then return {'OK', '0'} end
local since = tonumber(facts[3] or '0')
local claimed = tonumber(facts[2] or '0')
local living = claimed ~= 0 and since <= now and now < since + tonumber(ARGV[4])
if living and (ARGV[5] ~= '1' or claimed > version) then return {'OK', '0'} end
redis.call('HSET', meta_key, 'refreshing', ARGV[3], 'refreshing_us', ARGV[2])
return {'OK', '1'}
