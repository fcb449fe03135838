#include "runtime/mailbox.hpp"

#include <memory>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

namespace pigeon::runtime {
namespace {

using ::testing::ElementsAre;

TEST(MailboxTest, EachThreadHasItsOwn) {
  const std::shared_ptr<Mailbox> ours = Mailbox::of_this_thread();
  EXPECT_EQ(ours, Mailbox::of_this_thread());
  std::thread([&] { EXPECT_NE(ours, Mailbox::of_this_thread()); }).join();
  std::thread([&] {
    Mailbox::install(ours);
    EXPECT_EQ(ours, Mailbox::of_this_thread());
  }).join();
}

TEST(MailboxTest, DoesWhatItIsAskedInOrder) {
  Mailbox mailbox;
  std::vector<int> done;
  mailbox.put([&] {
    done.push_back(1);
    mailbox.put([&] { done.push_back(3); });
  });
  mailbox.put([&] { done.push_back(2); });

  mailbox.run_all();
  EXPECT_THAT(done, ElementsAre(1, 2, 3));
  mailbox.run_all();
  EXPECT_THAT(done, ElementsAre(1, 2, 3));
}

/// Has another thread make a call, and waits for it.
void ask(Mailbox& other, const Mailbox::Task& call) {
  const std::shared_ptr<Mailbox> waiting = Mailbox::of_this_thread();
  bool is_done = false;
  other.put([&] {
    call();
    waiting->finish(is_done);
  });
  waiting->wait(is_done);
}

TEST(MailboxTest, ThreadsThatAskEachOtherAtATimeAreAnswered) {
  const auto alice = std::make_shared<Mailbox>();
  const auto bob = std::make_shared<Mailbox>();
  // Each is written by one thread, while the other one waits.
  int asked_by_alice = 0;
  int asked_by_bob = 0;
  bool has_alice_asked_all = false;
  bool has_bob_asked_all = false;
  constexpr int times = 1'000;
  const auto ask_often = [](const std::shared_ptr<Mailbox>& own, Mailbox& other, int& count,
                            bool& asked_all, const bool& has_other_asked_all) {
    Mailbox::install(own);
    for (int i = 0; i < times; ++i) ask(other, [&] { ++count; });
    other.finish(asked_all);
    own->wait(has_other_asked_all);
  };
  std::thread first(
      [&] { ask_often(alice, *bob, asked_by_alice, has_alice_asked_all, has_bob_asked_all); });
  std::thread second(
      [&] { ask_often(bob, *alice, asked_by_bob, has_bob_asked_all, has_alice_asked_all); });
  first.join();
  second.join();
  EXPECT_EQ(asked_by_alice, times);
  EXPECT_EQ(asked_by_bob, times);
}

}  // namespace
}  // namespace pigeon::runtime
