-- The question of postgis.sql for Redis: GEOSEARCH over the sites, their flags from one hash each,
-- their slots from a sorted set each (score = start, member = id:modes:entries).
-- KEYS: sites. ARGV: latitude, longitude, territory, entry bit, motif bit, age in months, from, to
local territory, age = ',' .. ARGV[3] .. ',', tonumber(ARGV[6])
local entry, motif = tonumber(ARGV[4]), tonumber(ARGV[5])
local from, to = tonumber(ARGV[7]), tonumber(ARGV[8])
local delays, bands = {7200, 14400, 28800, 86400}, {5, 10, 20, 30, 50}

local function class(value, limits)
  for i, limit in ipairs(limits) do
    if value <= limit then return i end
  end
  return #limits + 1
end

local found = {}
local sites = redis.call('GEOSEARCH', KEYS[1], 'FROMLONLAT', ARGV[2], ARGV[1], 'BYRADIUS', 30, 'km',
                         'WITHDIST')
for _, site in ipairs(sites) do
  local id, kilometres = site[1], tonumber(site[2])
  local flags = redis.call('HMGET', 'site:' .. id, 'territories', 'entries', 'motifs', 'youngest')
  if string.find(flags[1], territory, 1, true) and bit.band(tonumber(flags[2]), entry) ~= 0
      and bit.band(tonumber(flags[3]), motif) ~= 0 and tonumber(flags[4]) <= age then
    local slots = redis.call('ZRANGEBYSCORE', 'slots:' .. id, from, '(' .. to, 'WITHSCORES')
    for i = 1, #slots, 2 do
      local name, modes, entries = string.match(slots[i], '(%d+):(%d+):(%d+)')
      if bit.band(tonumber(modes), 2) ~= 0 and bit.band(tonumber(entries), entry) ~= 0 then
        local delay = tonumber(slots[i + 1]) - from
        local points = math.max(0, 96 - math.floor(delay / 900))
                       + math.max(0, 50 - math.floor(kilometres))
        found[#found + 1] = {name, class(delay, delays) * 8 + class(kilometres, bands), -points,
                             delay, tonumber(name)}
      end
    end
  end
end
table.sort(found, function(a, b)
  for i = 2, 5 do
    if a[i] ~= b[i] then return a[i] < b[i] end
  end
  return false
end)
local names = {}
for i = 1, math.min(20, #found) do names[i] = found[i][1] end
return names
