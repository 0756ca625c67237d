-- What opens a slot, shared by loads and refreshes; put between seat.lua and each of them.
-- From argument `at` on, for each slot: id, seats, start µs, life ms, patients only 1|0, number of taken
-- seats, and for each of these: seat, appointment, sequence.

local at
local function take()
  at = at + 1
  return ARGV[at - 1]
end

-- Opens the next slot of the arguments under an epoch and, in a refresh, a version of the directory. A
-- slot that the book has already keeps its living holds (none when it is there for its patients only)
-- and whatever it heard after the ledger was read; one that a later refresh has opened stays as it is.
-- One writing for a slot that is new.
local function open_slot(key, new_epoch, version, read_at)
  local id, seats, start_us, life_ms = take(), take(), take(), take()
  local patients_only = take() == '1'
  local taken, top = nil, tonumber(seats)
  for _ = 1, tonumber(take()) do
    local seat = take()
    taken = taken or {}
    taken[seat] = {appointment = take(), sequence = take()}
    top = math.max(top, tonumber(seat) + 1)
  end

  local known = redis.call('HMGET', key, 'epoch', 'version', 'top', 'seats', 'free', 'hold_us')
  local open = epoch ~= '' and is_open(key, known[1], known[2])
  if known[1] and not open then redis.call('DEL', key) end
  if open and version and tonumber(known[2] or '0') > tonumber(version) then return end
  if open and known[2] and not version then redis.call('HDEL', key, 'version') end
  if open then top = math.max(top, tonumber(known[3])) end

  local free, first_expire, facts = seats, '0', {}
  -- Most slots have no seat in use, in the book or in the ledger.
  local idle = not open or (known[5] == known[4] and known[6] == '0')
  if taken or not idle then
    local fields = open and read_all(key) or {}
    fields.seats, fields.top = seats, us(top)
    for number = 0, top - 1 do
      local seat = us(number)
      if patients_only and fields[seat .. ':state'] == 'held' then vacate(key, id, fields, seat) end
      if patients_only and fields[seat .. ':state'] == 'prepared' then forget_hold(key, seat) end
      if tonumber(fields[seat .. ':sequence'] or '0') <= read_at then
        local state, fact = fields[seat .. ':state'], taken and taken[seat]
        if state and (fact or state == 'taken') then vacate(key, id, fields, seat) end
        if fact then
          fields[seat .. ':state'] = 'taken'
          facts[#facts + 1] = seat .. ':state'
          facts[#facts + 1] = 'taken'
          facts[#facts + 1] = seat .. ':appointment'
          facts[#facts + 1] = fact.appointment
          facts[#facts + 1] = seat .. ':sequence'
          facts[#facts + 1] = fact.sequence
        end
      end
    end
    free, first_expire = summary(fields)
  end
  if version then
    facts[#facts + 1] = 'version'
    facts[#facts + 1] = version
  end
  -- Followers count anew when they hear of the new epoch or of the site.
  redis.call('HSET', key, 'epoch', new_epoch, 'seats', seats, 'top', us(top), 'start_us', start_us,
             'free', free, 'hold_us', first_expire, unpack(facts))
  redis.call('PEXPIRE', key, life_ms)
end

-- Nothing but a refresh of the book's own epoch goes on, and none while a load is at work.
local function not_refreshable()
  local refused = stale()
  if refused then return refused end
  if loading ~= '' then return {'STALE', loading} end
  return nil
end
