#include <io.h>
#include <windows.h>

#include <atomic>
#include <string>
#include <thread>

#include "adapter/platform/process.h"
#include "adapter/platform/windows_text.h"

namespace sekisho::platform {
namespace {

// The system calls back without an argument of ours, so this much is of the whole process.
HANDLE stop_event() {
  static const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  return event;
}
std::atomic<SERVICE_STATUS_HANDLE> service{nullptr};

void report(DWORD state) {
  const SERVICE_STATUS_HANDLE handle = service.load();
  if (handle == nullptr) {
    return;  // started from a console
  }
  SERVICE_STATUS status{};
  status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
  status.dwCurrentState = state;
  status.dwControlsAccepted =
      state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN : 0;
  status.dwWaitHint = state == SERVICE_RUNNING ? 0 : 30'000;
  SetServiceStatus(handle, &status);
}

BOOL WINAPI on_console_event(DWORD) {
  SetEvent(stop_event());
  return TRUE;
}

DWORD WINAPI on_service_control(DWORD control, DWORD, LPVOID, LPVOID) {
  if (control == SERVICE_CONTROL_STOP || control == SERVICE_CONTROL_SHUTDOWN) {
    report(SERVICE_STOP_PENDING);
    SetEvent(stop_event());
  }
  return NO_ERROR;
}

void WINAPI service_main(DWORD, LPWSTR*) {
  service = RegisterServiceCtrlHandlerExW(L"Sekisho", on_service_control, nullptr);
  report(SERVICE_START_PENDING);
  WaitForSingleObject(stop_event(), INFINITE);
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
  // Returns at once with an error where the service manager did not start this process.
  std::thread([] {
    wchar_t name[] = L"Sekisho";
    const SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {nullptr, nullptr}};
    StartServiceCtrlDispatcherW(table);
  }).detach();
}

void wait_for_stop() { WaitForSingleObject(stop_event(), INFINITE); }

void notify_ready() { report(SERVICE_RUNNING); }
void notify_stopping() { report(SERVICE_STOP_PENDING); }

void disable_core_dumps() { SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX); }

void return_free_memory() { HeapCompact(GetProcessHeap(), 0); }

// The time service tells by its own log only.
std::optional<bool> clock_synchronised() { return std::nullopt; }

}  // namespace sekisho::platform
