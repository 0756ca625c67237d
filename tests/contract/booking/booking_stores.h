#pragma once

#include "common/testing/store_contract.h"
#include "services/booking/store_memory.h"
#include "services/booking/store_sql.h"

namespace sas::booking {

/// The implementations of BookingStore, for suites that run on all of them.
using StoreUnderTest =
    testing::StoreUnderTest<BookingStore, MemoryBookingStore, SqlBookingStore, BookingMigrations>;

}  // namespace sas::booking
