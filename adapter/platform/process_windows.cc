#include <io.h>
#include <windows.h>
// Needs windows.h before it.
#include <psapi.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>

#include "adapter/platform/process.h"
#include "adapter/platform/windows_text.h"

namespace sekisho::platform {
namespace {

constexpr DWORD kStartMs = 600'000;  // replaying a large journal
constexpr DWORD kStopMs = 60'000;    // as TimeoutStopSec of the systemd unit

// The system calls back without an argument of ours, so this much is of the whole process.
HANDLE stop_event() {
  static const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  return event;
}
// Set when it is known whether the service manager started this process.
HANDLE asked_event() {
  static const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  return event;
}
std::atomic<SERVICE_STATUS_HANDLE> service{nullptr};  // null: started from a console

void report(DWORD state) {
  const SERVICE_STATUS_HANDLE handle = service.load();
  if (handle == nullptr) {
    return;
  }
  SERVICE_STATUS status{};
  status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
  status.dwCurrentState = state;
  switch (state) {
    case SERVICE_START_PENDING:
      status.dwWaitHint = kStartMs;
      break;
    case SERVICE_STOP_PENDING:
      status.dwWaitHint = kStopMs;
      break;
    case SERVICE_RUNNING:
      status.dwControlsAccepted = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN;
      break;
    default:
      break;
  }
  SetServiceStatus(handle, &status);
}

BOOL WINAPI on_console_event(DWORD event) {
  const bool session_ends =
      event == CTRL_CLOSE_EVENT || event == CTRL_LOGOFF_EVENT || event == CTRL_SHUTDOWN_EVENT;
  if (session_ends && service.load() != nullptr) {
    return TRUE;  // somebody else's session; a service hears of its own end by its control handler
  }
  SetEvent(stop_event());
  if (session_ends) {
    Sleep(INFINITE);  // the system ends this process when this returns, and after some seconds
  }
  return TRUE;
}

DWORD WINAPI on_service_control(DWORD control, DWORD, LPVOID, LPVOID) {
  switch (control) {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN:
      report(SERVICE_STOP_PENDING);
      SetEvent(stop_event());
      return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
      return NO_ERROR;
    default:
      return ERROR_CALL_NOT_IMPLEMENTED;
  }
}

// Runs after main() has returned and everything is closed. A process that ends without having been
// asked to does not say so: the manager then takes it as failed, and restarts it if set up to.
void report_stopped() {
  if (WaitForSingleObject(stop_event(), 0) == WAIT_OBJECT_0) {
    report(SERVICE_STOPPED);
  }
}

void WINAPI service_main(DWORD, LPWSTR*) {
  service = RegisterServiceCtrlHandlerExW(L"Sekisho", on_service_control, nullptr);
  report(SERVICE_START_PENDING);
  SetEvent(asked_event());
}

}  // namespace

std::string os_user() {
  wchar_t name[257];
  DWORD length = 257;
  return GetUserNameW(name, &length) != 0 ? narrow(std::wstring_view(name, length - 1)) : "unknown";
}

bool is_terminal(int descriptor) { return _isatty(descriptor) != 0; }

void prepare_signals() {
  SetConsoleCtrlHandler(on_console_event, TRUE);
  std::thread([] {
    wchar_t name[] = L"Sekisho";
    const SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {nullptr, nullptr}};
    // Returns at once with an error where the service manager did not start this process, and
    // else when the service has stopped.
    StartServiceCtrlDispatcherW(table);
    SetEvent(asked_event());
  }).detach();
  // So that no state is reported before there is somebody to report it to.
  WaitForSingleObject(asked_event(), INFINITE);
  std::atexit(report_stopped);
}

void wait_for_stop() { WaitForSingleObject(stop_event(), INFINITE); }

void notify_ready() { report(SERVICE_RUNNING); }
void notify_stopping() { report(SERVICE_STOP_PENDING); }

// Without Windows Error Reporting for this process, which would keep a dump and may send it.
void disable_core_dumps() { SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX); }

void lower_thread_priority() {
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_BELOW_NORMAL);
}

void return_free_memory() { HeapCompact(GetProcessHeap(), 0); }

std::uint64_t resident_bytes() {
  PROCESS_MEMORY_COUNTERS counters{};
  return K32GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters) != 0
             ? counters.WorkingSetSize
             : 0;
}

// The time service tells by its own log only.
std::optional<bool> clock_synchronised() { return std::nullopt; }

}  // namespace sekisho::platform
