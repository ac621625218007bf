// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/program.h"

int main(int argc, char** argv) {
    return likeness::cli::runProgram({argv + 1, argv + argc});
}
