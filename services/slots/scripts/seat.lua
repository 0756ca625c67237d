-- What every script shares; put in front of each of them (seats_redis.cpp).
--
-- KEYS[1] is the region's `meta` key; every other key is made from its prefix, so that all carry the
-- same region in braces and stay in one slot of a Redis Cluster. KEYS[2] is the slot's key, where
-- there is one. ARGV[1] is the epoch that the caller believes in, ARGV[2] the hour in µs (Redis' own
-- clock decides nothing), ARGV[3] the slot's id.

local meta_key = KEYS[1]
local prefix = string.sub(meta_key, 1, -5)
local now = tonumber(ARGV[2])
local changes_max = '65536'

-- Lua would print 1.7955108e+15.
local function us(number) return string.format('%.0f', number) end

local meta = redis.call('HMGET', meta_key, 'epoch', 'loading')
local epoch, loading = meta[1] or '', meta[2] or ''

-- The answer for a caller whose epoch is not the book's: it must adopt or rebuild.
local function stale()
  if epoch == '' or epoch ~= ARGV[1] then return {'STALE', epoch} end
  return nil
end

-- Version of the directory that a refresh has brought a site to; 0 for none since the load.
local sites_key = prefix .. 'sites'
local site_versions = {}
local function version_of_site(site)
  if not site_versions[site] then
    site_versions[site] = tonumber(redis.call('HGET', sites_key, site) or '0')
  end
  return site_versions[site]
end

local slot_prefix = prefix .. 'slot:'

local function read_all(key)
  local raw = redis.call('HGETALL', key)
  local fields = {}
  for i = 1, #raw, 2 do fields[raw[i]] = raw[i + 1] end
  return fields
end

-- Has this epoch `opened` the slot, and no refresh of its site closed it? During a load that keeps
-- holds, slots of the epoch to come count already.
local function is_open(key, opened, version)
  if not opened then return false end
  if opened == loading then return true end
  if opened ~= epoch then return false end
  local site = string.match(key, '^[^/]*', #slot_prefix + 1)
  return tonumber(version or '0') >= version_of_site(site)
end

-- A slot as a table of its fields; nil when it is not open.
local function read_slot(key)
  local fields = read_all(key)
  if is_open(key, fields.epoch, fields.version) then return fields end
  return nil
end

-- What the fields of a seat begin with. Once for each seat: to make it of a number costs more than
-- any look into a table.
local function of(seat) return seat .. ':' end

-- free, held, prepared or taken, as it is now: what has expired is free before the sweeper comes.
local function state_of(fields, seat)
  local own = of(seat)
  local state = fields[own .. 'state']
  if not state then return 'free' end
  if state ~= 'taken' and tonumber(fields[own .. 'expire_us']) <= now then return 'free' end
  return state
end

local seat_fields = {'state', 'token', 'holder', 'order', 'profession', 'request', 'fence',
                     'expire_us', 'held_until_us', 'renew_limit_us', 'appointment', 'reason', 'watch', 'lifted',
                     'criteria', 'body', 'organization'}

-- How many seats are free, and when the first hold ends ('0': none lives), both as texts. Seats taken
-- beyond the present number count too: a plan that shrinks never overbooks.
local function summary(fields)
  local occupied, first, first_expire = 0, nil, '0'
  for seat = 0, tonumber(fields.top) - 1 do
    local own = of(seat)
    local state = fields[own .. 'state']
    local expire = state and state ~= 'taken' and tonumber(fields[own .. 'expire_us'])
    if state and (not expire or expire > now) then
      occupied = occupied + 1
      if expire and (not first or expire < first) then
        first, first_expire = expire, fields[own .. 'expire_us']
      end
    end
  end
  return tostring(math.max(0, tonumber(fields.seats) - occupied)), first_expire
end

-- Frees a seat, whoever had it.
local function vacate(key, id, fields, seat)
  local member = id .. '|' .. seat
  redis.call('ZREM', prefix .. 'expiries', member)
  local own = of(seat)
  local holder = fields[own .. 'holder']
  if holder then redis.call('ZREM', prefix .. 'holder:' .. holder, member) end
  local organization = fields[own .. 'organization']
  if organization then redis.call('ZREM', prefix .. 'organization:' .. organization, member) end
  local gone, count = {}, 0
  for _, name in ipairs(seat_fields) do
    local field = own .. name
    if fields[field] then
      fields[field] = nil
      count = count + 1
      gone[count] = field
    end
  end
  if count > 0 then redis.call('HDEL', key, unpack(gone)) end
end

-- What is given back while it is prepared is nobody's hold again, should the ledger refuse it.
local function forget_hold(key, seat) redis.call('HDEL', key, seat .. ':held_until_us') end

-- Writes fields of a seat; empty ones are left out and never clear what is there.
local function put(key, fields, seat, values)
  local own, arguments, count = of(seat), {}, 0
  for name, value in pairs(values) do
    if value ~= '' then  -- What is not there reads as empty.
      local field = own .. name
      fields[field] = value
      arguments[count + 1], arguments[count + 2] = field, value
      count = count + 2
    end
  end
  redis.call('HSET', key, unpack(arguments))
end

-- Keeps what a hold's expiry is filed under in step with the seat.
local function file_expiry(id, fields, seat)
  local own = of(seat)
  local member, expire = id .. '|' .. seat, fields[own .. 'expire_us']
  redis.call('ZADD', prefix .. 'expiries', expire, member)
  local holder_key = prefix .. 'holder:' .. fields[own .. 'holder']
  redis.call('ZADD', holder_key, expire, member)
  redis.call('PEXPIRE', holder_key, 3600000)
  local organization = fields[own .. 'organization']
  if organization then
    local organization_key = prefix .. 'organization:' .. organization
    redis.call('ZADD', organization_key, expire, member)
    redis.call('PEXPIRE', organization_key, 3600000)
  end
end

-- Writes down what others see of the slot; true when that has changed.
local function settle(key, fields)
  local free, first_expire = summary(fields)
  if free == fields.free and first_expire == fields.hold_us then return false end
  fields.free, fields.hold_us = free, first_expire
  redis.call('HSET', key, 'free', fields.free, 'hold_us', fields.hold_us)
  return true
end

-- The same, and says so in the change stream.
local function publish(key, id, fields)
  if settle(key, fields) then
    redis.call('XADD', prefix .. 'changes', 'MAXLEN', '~', changes_max, '*', 'slot', id,
               'free', fields.free, 'hold_expire_us', fields.hold_us, 'epoch', fields.epoch)
  end
  return fields.free, fields.hold_us
end

-- The seat that `token` and `holder` have now, held or prepared; nil when they have none.
local function find_hold(fields, token, holder)
  for seat = 0, tonumber(fields.top) - 1 do
    local own = of(seat)
    if fields[own .. 'token'] == token and fields[own .. 'holder'] == holder then
      local state = state_of(fields, seat)
      if state == 'held' or state == 'prepared' then return seat, state end
    end
  end
  return nil
end

-- A hold as the C++ side reads it.
local function hold_reply(fields, seat, free, first_expire)
  local own = of(seat)
  local at = function(name) return fields[own .. name] or '' end
  return {'OK', tostring(seat), at('token'), at('order'), at('fence'), at('expire_us'),
          at('renew_limit_us'), at('profession'), at('appointment'), free, first_expire, at('reason'),
          at('lifted'), at('criteria')}
end
