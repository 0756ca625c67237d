-- Leaves a question to a platform for whichever replica has its stream.
-- KEYS: lines of the platform, its questions. ARGV: now, question, how many may wait, ms to keep it
-- OK | NO_STREAM | FULL
if #redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[1], '+inf', 'LIMIT', '0', '1') == 0 then
  return 'NO_STREAM'
end
if redis.call('LLEN', KEYS[2]) >= tonumber(ARGV[3]) then return 'FULL' end
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 'OK'
