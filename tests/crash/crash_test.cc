#include "tests/crash/crash.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <random>
#include <sstream>
#include <utility>

#include "fhir/error.h"

namespace sekisho::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<Fault, const char*>, 7> kFaults = {{{Fault::kKill, "kill"},
                                                                   {Fault::kTear, "tear"},
                                                                   {Fault::kPowerCut, "power cut"},
                                                                   {Fault::kShort, "short write"},
                                                                   {Fault::kIoError, "EIO"},
                                                                   {Fault::kFull, "ENOSPC"},
                                                                   {Fault::kGone, "EIO for ever"}}};

[[noreturn]] void be_child(const Plan& plan, int pipe,
                           const std::function<void(const Say&)>& work) {
  const Say say = [pipe](const std::string& line) {
    const std::string text = line + '\n';
    if (::write(pipe, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      ::_exit(4);
    }
  };
  int status = 0;
  begin_plan(plan);
  try {
    work(say);
  } catch (const fhir::Error& e) {
    say("error: " + e.text());
    status = 3;
  }
  say("operations " + std::to_string(operations_of_plan()));
  ::_exit(testing::Test::HasFailure() ? 5 : status);
}

std::uint64_t points_wanted(std::uint64_t few) {
  const char* wanted = std::getenv("SEKISHO_CRASH_POINTS");
  if (wanted == nullptr || *wanted == '\0') {
    return few;
  }
  return std::string(wanted) == "all" ? UINT64_MAX : std::strtoull(wanted, nullptr, 10);
}

}  // namespace

Ended run_under(const Plan& plan, const std::function<void(const Say&)>& work) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    be_child(plan, ends[1], work);
  }
  ::close(ends[1]);
  std::string text;
  char block[4096];
  for (ssize_t count = 0; (count = ::read(ends[0], block, sizeof block)) > 0;) {
    text.append(block, static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  Ended ended;
  ended.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    ended.said.push_back(line);
  }
  return ended;
}

void CrashTest::SetUp() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  base_ = fs::canonical(testing::TempDir()) /
          ("sekisho_crash_" + std::to_string(::getpid()) + test->name());
  fs::remove_all(base_);
  fs::create_directories(folder());
}

void CrashTest::TearDown() { fs::remove_all(base_); }

void CrashTest::break_once(const Plan& plan) {
  fs::remove_all(folder());
  fs::copy(base_ / "prepared", folder(), fs::copy_options::recursive);
  const Ended ended = run_under(plan, [this](const Say& say) { work(say); });
  const bool by_itself = ended.status == 0 || ended.status == 3;
  EXPECT_TRUE(ended.killed || by_itself) << "the job ended with " << ended.status;
  EXPECT_NO_THROW(check(ended));
}

void CrashTest::break_at_each_point(std::uint64_t few) {
  prepare();
  fs::copy(folder(), base_ / "prepared", fs::copy_options::recursive);
  Plan plan;
  plan.folder = folder().string();
  const Ended whole = run_under(plan, [this](const Say& say) { work(say); });
  ASSERT_EQ(whole.status, 0) << (whole.said.empty() ? "" : whole.said.back());
  ASSERT_FALSE(HasFailure());
  std::uint64_t operations = 0;
  std::istringstream(whole.said.back().substr(std::string("operations").size())) >> operations;
  ASSERT_GT(operations, 10u);
  check(whole);
  std::mt19937 random{std::random_device{}()};
  const std::uint64_t step = std::max<std::uint64_t>(operations / points_wanted(few), 1);
  std::uint64_t broken = 0;
  for (const auto& [fault, name] : kFaults) {
    for (plan.at = 1 + random() % step; plan.at <= operations; plan.at += step) {
      plan.fault = fault;
      plan.seed = static_cast<std::uint32_t>(random());
      SCOPED_TRACE(std::string(name) + " at operation " + std::to_string(plan.at) + " of " +
                   std::to_string(operations) + ", seed " + std::to_string(plan.seed));
      break_once(plan);
      ++broken;
      if (HasFailure()) {
        return;
      }
    }
  }
  RecordProperty("operations", std::to_string(operations));
  RecordProperty("broken_off", std::to_string(broken));
  std::printf("broken off %llu times, %llu operations each\n",
              static_cast<unsigned long long>(broken), static_cast<unsigned long long>(operations));
}

}  // namespace sekisho::tests
