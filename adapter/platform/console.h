#pragma once

#include <string>
#include <vector>

namespace sekisho::platform {

// The words of the command line as UTF-8, the program's name first. `count` and `words` are those
// of main(); Windows gives it them in the code page of the machine, so there the system is asked
// again.
std::vector<std::string> command_words(int count, char** words);
// Lets the terminal take UTF-8 and control sequences. Call before the first output.
void prepare_console();

}  // namespace sekisho::platform
