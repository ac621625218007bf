// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A process that is made to die: rates or imports, and kills itself at the k-th event of a kind.
//   crashchild rate PACKAGE STORE statement|operation|never K
//   crashchild endless PACKAGE STORE
//   crashchild import PROJECT statement|operation|never K
//   crashchild create PROJECT statement|operation|never K
// An acknowledgement is one line "SEQ RECEIPT" (rate, endless) or "done" on standard output.
#include "db/database.h"
#include "db/project.h"
#include "db/samplerepository.h"
#include "tests/db/faultvfs.h"
#include "tests/db/studyfixture.h"

#include <sqlite3.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/types.h>
#include <unistd.h>

using namespace likeness;

namespace {

std::int64_t statementsLeft = 0;

/// Called before each statement and after it.
int atStatement(unsigned, void* db, void*, void*) {
    const char* const file = sqlite3_db_filename(static_cast<sqlite3*>(db), "main");
    if (file != nullptr && *file != '\0' && --statementsLeft == 0)
        ::kill(::getpid(), SIGKILL);
    return 0;
}

int traceEveryConnection(sqlite3* db, char**, const sqlite3_api_routines*) {
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT | SQLITE_TRACE_PROFILE, atStatement, db);
}

void arm(const char* kind, std::int64_t k) {
    if (std::strcmp(kind, "operation") == 0) {
        testing::FaultVfs::install();
        testing::FaultVfs::arm(testing::FaultVfs::Fault::kill, k);
    } else if (std::strcmp(kind, "statement") == 0) {
        statementsLeft = k;
        sqlite3_auto_extension(reinterpret_cast<void (*)()>(traceEveryConnection));
    }
}

void acknowledge(const std::string& line) {
    const std::string text = line + "\n";
    if (::write(STDOUT_FILENO, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        std::exit(3);
}

RatingSession::Start startOf(char** argv) {
    RatingSession::Start start;
    start.package = argv[2];
    start.store = argv[3];
    start.rater = "rater";
    return start;
}

void rate(char** argv) {
    arm(argv[4], std::atoll(argv[5]));
    RatingSession session(startOf(argv));
    acknowledge("0 " + session.receipt());
    int seq = 0;
    for (const int value : {2, 5, 3}) {
        session.answer(testing::answerOf(value));
        acknowledge(std::to_string(++seq) + " " + session.receipt());
    }
    session.undo();
    acknowledge(std::to_string(++seq) + " " + session.receipt());
    session.answer(testing::answerOf(6));
    acknowledge(std::to_string(++seq) + " " + session.receipt());
}

void endless(char** argv) {
    RatingSession session(startOf(argv));
    for (int i = 0;; ++i) {
        if (session.finished() || i % 7 == 6)
            session.undo();
        else
            session.answer(testing::answerOf(1 + i % 6));
        acknowledge(std::to_string(session.answered()) + " " + session.receipt());
    }
}

void importInto(Project project) {
    Database::Transaction transaction(project.database());
    SetRecord set;
    set.name = "imported";
    set = project.sampleRepository().addSet(set);
    for (const StimulusSource& source : testing::smallSources(2)) {
        SampleRecord sample;
        sample.setId = set.id;
        static_cast<void>(project.sampleRepository().addSample(sample, source.pixels));
    }
    transaction.commit();
    acknowledge("done");
}

} // namespace

int main(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    try {
        if (mode == "rate" && argc == 6) {
            rate(argv);
        } else if (mode == "endless" && argc == 4) {
            endless(argv);
        } else if (mode == "import" && argc == 5) {
            arm(argv[3], std::atoll(argv[4]));
            importInto(Project::open(argv[2]));
        } else if (mode == "create" && argc == 5) {
            arm(argv[3], std::atoll(argv[4]));
            static_cast<void>(Project::create(argv[2]));
            acknowledge("done");
        } else {
            return 2;
        }
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return error.code() == ErrorCode::conflict ? 4 : 1;
    }
    return 0;
}
