-- Every site that changed up to a version of the directory is in: the book is of that version.
-- ARGV: epoch, now, version
-- OK | STALE
local refused = not_refreshable()
if refused then return refused end
local directory = tonumber(redis.call('HGET', meta_key, 'directory') or '') or 0
if directory >= tonumber(ARGV[3]) then return {'OK'} end
redis.call('HSET', meta_key, 'directory', ARGV[3])
redis.call('XADD', prefix .. 'changes', 'MAXLEN', '~', changes_max, '*', 'site', '', 'directory',
           ARGV[3], 'epoch', epoch)
return {'OK'}
