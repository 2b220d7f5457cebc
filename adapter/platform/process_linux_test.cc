#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapter/platform/process.h"

namespace sekisho::platform {
namespace {

// RLIMIT_CORE alone does not stop a core that is piped to a program (core(5)); that a process is
// not dumpable does.
TEST(Process, LeavesNoCoreBehind) {
  const pid_t child = ::fork();
  if (child == 0) {
    disable_core_dumps();
    rlimit limit{1, 1};
    const bool none = ::getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 &&
                      limit.rlim_max == 0 && ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    if (!none) {
      ::_exit(1);
    }
    ::signal(SIGABRT, SIG_DFL);
    ::raise(SIGABRT);
  }
  ASSERT_GT(child, 0);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "a limit was not set";
  EXPECT_EQ(WTERMSIG(status), SIGABRT);
  EXPECT_FALSE(WCOREDUMP(status));
}

TEST(Process, KnowsItsMemory) { EXPECT_GT(resident_bytes(), 1u << 16); }

}  // namespace
}  // namespace sekisho::platform
