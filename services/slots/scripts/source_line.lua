-- A replica has a stream of the platform, until the given instant; 0: it has none any more.
-- KEYS: lines of the platform. ARGV: replica, until, ms to keep it
if ARGV[2] == '0' then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 'OK'
