#pragma once

#include <cstddef>
#include <functional>

namespace sas::rpc {

/// The threads of gRPC's callback API, for servers and clients of this process alike: here they are
/// one for each two processors, at most 16, where gRPC has never fewer than two. Two of them on two
/// processors wake each other at every event; one alone takes a sixth less processor time for a
/// confirmation (ARCHITECTURE.md). What runs in them never blocks.
///
/// gRPC 1.51 gets its queue from `CompletionQueue::CallbackAlternativeCQ()`, and callback_loop.cpp
/// defines that symbol for the programs that are linked with it. Should another version of gRPC not
/// ask for it, CallbackLoopTest fails, and all goes on with gRPC's own threads.
std::size_t CallbackThreads();

/// Work for a callback that would keep the events behind it waiting: done when no event is left to
/// take in, by this thread or by a helper when more waits. Never blocks either. Outside those
/// threads it is done at once.
void RunLater(std::function<void()> work);

}  // namespace sas::rpc
