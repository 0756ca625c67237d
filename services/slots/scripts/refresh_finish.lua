-- Every site that changed up to a version of the directory is in: the book is of that version, and
-- what has changed meanwhile is anybody's to refresh at once.
-- ARGV: epoch, now, version
-- OK | STALE
local refused = not_refreshable()
if refused then return refused end
local version = tonumber(ARGV[3])
local facts = redis.call('HMGET', meta_key, 'directory', 'refreshing')
if tonumber(facts[2] or '0') <= version then
  redis.call('HDEL', meta_key, 'refreshing', 'refreshing_us')
end
if (tonumber(facts[1] or '') or 0) >= version then return {'OK'} end
redis.call('HSET', meta_key, 'directory', ARGV[3])
redis.call('XADD', prefix .. 'changes', 'MAXLEN', '~', changes_max, '*', 'site', '', 'directory',
           ARGV[3], 'epoch', epoch)
return {'OK'}
