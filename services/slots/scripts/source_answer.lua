-- Leaves the answer for the replica that waits for it.
-- KEYS: answer. ARGV: answer, ms to keep it
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 'OK'
