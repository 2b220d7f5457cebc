# cmake -DMUTANT=x.mutant -DSOURCES=<project> -DOUT=x.cc -P mutate.cmake
# Writes a copy of one source file in which one text is another. The text must stand there exactly
# once: a mutant that no longer fits its source fails the build instead of testing nothing.
file(READ "${MUTANT}" text)
string(FIND "${text}" "\n--- this\n" this)
string(FIND "${text}" "\n--- becomes\n" becomes)
if(this LESS 0 OR becomes LESS this)
  message(FATAL_ERROR "${MUTANT}: needs a file name, '--- this' and '--- becomes'")
endif()
string(SUBSTRING "${text}" 0 ${this} name)
math(EXPR from "${this} + 10")
math(EXPR length "${becomes} - ${from} + 1")
string(SUBSTRING "${text}" ${from} ${length} old)
math(EXPR from "${becomes} + 13")
string(SUBSTRING "${text}" ${from} -1 new)

file(READ "${SOURCES}/${name}" source)
string(FIND "${source}" "${old}" first)
string(FIND "${source}" "${old}" last REVERSE)
if(first LESS 0 OR NOT first EQUAL last)
  message(FATAL_ERROR "${MUTANT}: its text stands not exactly once in ${name}; make it fit again")
endif()
string(REPLACE "${old}" "${new}" source "${source}")
file(WRITE "${OUT}" "${source}")
