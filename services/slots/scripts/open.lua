-- What opens a slot, shared by loads and refreshes; put between seat.lua and each of them.
-- From argument `at` on, for each slot: id, seats, start µs, life ms, number of taken seats, and for
-- each of these: seat, appointment, sequence.

local function open_arguments(at)
  return function()
    at = at + 1
    return ARGV[at - 1]
  end
end

-- Opens the next slot of `take` under an epoch and, in a refresh, a version of the directory. A slot that
-- the book has already keeps its living holds and whatever it heard after the ledger was read; one
-- that a later refresh has opened stays as it is. One writing for a slot that is new.
local function open_slot(key, take, new_epoch, version, read_at)
  local id, seats, start_us, life_ms = take(), take(), take(), take()
  local taken, top = {}, tonumber(seats)
  for _ = 1, tonumber(take()) do
    local seat = take()
    taken[seat] = {appointment = take(), sequence = take()}
    top = math.max(top, tonumber(seat) + 1)
  end

  local fields = read_all(key)
  if next(fields) and not (epoch ~= '' and is_open(key, fields)) then
    redis.call('DEL', key)
    fields = {}
  end
  if version and tonumber(fields.version or '0') > tonumber(version) then return end
  if fields.version and not version then redis.call('HDEL', key, 'version') end
  top = math.max(top, tonumber(fields.top or '0'))

  local written = {}
  local function write(name, value)
    fields[name] = value
    written[#written + 1] = name
    written[#written + 1] = value
  end
  write('epoch', new_epoch)
  write('seats', seats)
  write('top', us(top))
  write('start_us', start_us)
  if version then write('version', version) end
  for number = 0, top - 1 do
    local seat = us(number)
    if tonumber(fields[seat .. ':sequence'] or '0') <= read_at then
      local state, fact = fields[seat .. ':state'], taken[seat]
      if state and (fact or state == 'taken') then vacate(key, id, fields, seat) end
      if fact then
        write(seat .. ':state', 'taken')
        write(seat .. ':appointment', fact.appointment)
        write(seat .. ':sequence', fact.sequence)
      end
    end
  end
  -- Followers count anew when they hear of the new epoch or of the site.
  local free, first_expire = summary(fields)
  write('free', tostring(free))
  write('hold_us', us(first_expire))
  redis.call('HSET', key, unpack(written))
  redis.call('PEXPIRE', key, life_ms)
end

-- Nothing but a refresh of the book's own epoch goes on, and none while a load is at work.
local function not_refreshable()
  local refused = stale()
  if refused then return refused end
  if loading ~= '' then return {'STALE', loading} end
  return nil
end
