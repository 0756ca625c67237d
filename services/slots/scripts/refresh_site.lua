-- Opens slots of one site at a version of the directory. With the last of them the site itself goes to
-- that version, which closes its slots of older ones, and followers hear of it. A site never goes
-- back.
-- KEYS: meta, slots…
-- ARGV: epoch, now, version, sequence of the ledger's reading, site, last 1|0, slots
-- OK | STALE
local refused = not_refreshable()
if refused then return refused end
local site = ARGV[5]
if version_of_site(site) > tonumber(ARGV[3]) then return {'OK'} end
at = 7
for i = 2, #KEYS do open_slot(KEYS[i], ARGV[1], ARGV[3], tonumber(ARGV[4])) end
if ARGV[6] == '1' then
  redis.call('HSET', sites_key, site, ARGV[3])
  redis.call('XADD', prefix .. 'changes', 'MAXLEN', '~', changes_max, '*', 'site', site,
             'directory', ARGV[3], 'epoch', epoch)
end
return {'OK'}
