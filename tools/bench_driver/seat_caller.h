#pragma once

#include <string>
#include <vector>

#include "sas/booking/v1/appointment.pb.h"
#include "sas/slots/v1/slot_service.pb.h"
#include "tools/bench_driver/bench.h"

namespace sas::bench {

/// A seat held for the benchmark, and by whom.
struct HeldSeat {
  std::string slot;
  std::string hold;
  std::string authorization;
};

/// The patient for whom all seats are asked: what the bench territory opens to a nurse.
void FillNeed(sas::slots::v1::CareNeed& need);

/// Books for the setup's patient.
void SetPatient(const Setup& setup, booking::v1::Appointment& draft);

/// A new one at each call.
std::string RequestId();

Step HoldStep(const std::string& slot, const std::string& authorization);

/// Confirms a held seat for the setup's patient.
Step ConfirmStep(const Setup& setup, const HeldSeat& seat);

/// Names of the free seats of the bench territory, one entry for each seat.
std::vector<std::string> FreeSeats(const Setup& setup);

/// Holds a seat and gives it back, again and again: only the holds count.
class HoldAndRelease final : public Caller {
 public:
  HoldAndRelease(const Setup& setup, int index, std::string slot);
  Step Next() override;
  bool Answered(const grpc::Status& status, const grpc::ByteBuffer& response) override;

 private:
  std::string authorization_;
  std::string slot_;
  std::string hold_;  ///< Token of the living hold.
};

/// Takes the seats given to it, three for each of its many subjects (the most that one may hold).
class Holder final : public Caller {
 public:
  Holder(const Setup& setup, int index, std::vector<std::string> slots);

  bool More() const override { return next_ < slots_.size(); }

  Step Next() override;
  bool Answered(const grpc::Status& status, const grpc::ByteBuffer& response) override;

  std::vector<HeldSeat> Take() { return std::move(held_); }

 private:
  const Setup& setup_;
  int index_;
  std::vector<std::string> slots_;
  std::size_t next_ = 0;
  std::string authorization_;
  std::vector<HeldSeat> held_;
};

/// Confirms held seats, without an order.
class Confirmer final : public Caller {
 public:
  Confirmer(const Setup& setup, std::vector<HeldSeat> held)
      : setup_(setup), held_(std::move(held)) {}

  bool More() const override { return !held_.empty(); }

  Step Next() override;
  bool Answered(const grpc::Status& status, const grpc::ByteBuffer&) override;

 private:
  const Setup& setup_;
  std::vector<HeldSeat> held_;
};

}  // namespace sas::bench
