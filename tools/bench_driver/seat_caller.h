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
  std::string patient{};  ///< For whom; empty: the setup's.
};

/// The patient for whom all seats are asked: what the bench territory opens to a nurse.
void FillNeed(sas::slots::v1::CareNeed& need);

/// Books for a patient of a dossier that is there.
void SetPatient(const std::string& patient, booking::v1::Appointment& draft);

/// A new one at each call.
std::string RequestId();

Step HoldStep(const std::string& slot, const std::string& authorization);

/// Confirms a held seat.
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

/// Opens a nurse's dossiers, as many as are wanted.
class Opener final : public Caller {
 public:
  Opener(const Setup& setup, int index, std::size_t count);

  bool More() const override { return patients_.size() < count_; }

  Step Next() override;
  bool Answered(const grpc::Status& status, const grpc::ByteBuffer& response) override;

  /// One of each dossier.
  std::vector<std::string> Take() { return std::move(patients_); }

 private:
  const std::string authorization_;
  const std::string parent_;
  const std::size_t count_;
  std::vector<std::string> patients_;
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
