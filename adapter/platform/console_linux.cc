#include "adapter/platform/console.h"

namespace sekisho::platform {

std::vector<std::string> command_words(int count, char** words) { return {words, words + count}; }

void prepare_console() {}  // a terminal here does both

}  // namespace sekisho::platform
