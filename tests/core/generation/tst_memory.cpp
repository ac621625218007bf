// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/generation/client/workerclient.h"
#include "core/generation/trainer.h"

#include <QTest>

#include <c10/core/CPUAllocator.h>
#include <torch/torch.h>

#include <atomic>
#include <cmath>

using namespace likeness;

namespace {

/// LibTorch's own allocator, that refuses what is larger than the memory of some machine would be.
class SmallMemory : public c10::Allocator {
public:
    SmallMemory() { c10::SetCPUAllocator(this, kPriority); }

    ~SmallMemory() override { c10::SetCPUAllocator(c10::GetDefaultCPUAllocator(), kPriority); }

#if TORCH_VERSION_MAJOR >= 2
    void copy_data(void* to, const void* from, std::size_t count) const override {
        default_copy_data(to, from, count);
    }

    c10::DataPtr allocate(std::size_t bytes) override {
#else
    c10::DataPtr allocate(std::size_t bytes) const override {
#endif
        std::size_t largest = m_largest;
        while (bytes > largest && !m_largest.compare_exchange_weak(largest, bytes))
            continue;
        TORCH_CHECK(bytes <= limit,
                    "DefaultCPUAllocator: can't allocate memory: you tried to "
                    "allocate ",
                    bytes, " bytes. Error code 12 (Cannot allocate memory)");
        return c10::GetDefaultCPUAllocator()->allocate(bytes);
    }

    c10::DeleterFnPtr raw_deleter() const override {
        return c10::GetDefaultCPUAllocator()->raw_deleter();
    }

    [[nodiscard]] std::size_t largest() const {
        return m_largest;
    }

    std::size_t limit = SIZE_MAX;

private:
    static constexpr std::uint8_t kPriority = 200;

    mutable std::atomic<std::size_t> m_largest{0};
};

PackedSet noisyImage() {
    PackedSet set;
    set.type = PixelType::u8;
    PackedImage image;
    image.width = image.height = 256;
    image.id = image.specimen = "0";
    Random random(1, "test.memory");
    for (int i = 0; i < 256 * 256; ++i)
        image.pixels.push_back(static_cast<std::byte>(random.below(256)));
    set.images.push_back(std::move(image));
    return set;
}

TrainingOptions options(const std::filesystem::path& output) {
    TrainingOptions o;
    o.preset = presetNamed("diffusion", "demo");
    o.preset.settings["network"]["widths"] = {32, 32};
    o.size = 128;
    o.steps = 3;
    o.device = {"cpu", 2, Precision::float32};
    o.output = output;
    o.labels = {{"domain", "rock"}};
    return o;
}

/// Whose tensors of one image are larger than all parameters.
TrainingOptions large(const std::filesystem::path& output) {
    TrainingOptions o = options(output);
    o.size = 256;
    o.steps = 1;
    return o;
}

std::vector<std::string> memoryNotes(const TrainingOutcome& outcome) {
    std::vector<std::string> found;
    for (const Json& note : outcome.notes) {
        const auto text = note.get<std::string>();
        if (text.find("not enough memory") != std::string::npos)
            found.push_back(text);
    }
    return found;
}

} // namespace

class TestMemory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tooLargeBatchesAreHalved();
    void tooLittleForOneImageIsOneError();

private:
    TemporaryFolder m_folder;
};

void TestMemory::tooLargeBatchesAreHalved() {
    const PackedSet set = noisyImage();
    SmallMemory memory;
    JobContext job;
    const auto run = [&](const char* name) {
        return trainModel(set, options(m_folder.path() / name), job, [](const TrainingReport&) {});
    };
    const TrainingOutcome plenty = run("plenty.safetensors");
    QVERIFY(memoryNotes(plenty).empty());
    // The largest tensors are those of a part of the batch: half of one has room for half of it.
    memory.limit = memory.largest() * 6 / 10;
    const TrainingOutcome scarce = run("scarce.safetensors");
    memory.limit = SIZE_MAX;
    QCOMPARE(scarce.steps, std::int64_t{3});
    QCOMPARE(memoryNotes(scarce).size(), std::size_t{1});
    QVERIFY(memoryNotes(scarce).front().find("for 8 images at a time") != std::string::npos);
    const Json manifest = WorkerClient::checkpointMetadata(m_folder.path() / "scarce.safetensors");
    const Json& splits = manifest.at("memory_splits");
    QCOMPARE(splits.size(), std::size_t{1});
    QCOMPARE(splits[0].at("parts").get<int>(), 4);
    // The same crops and noise: the sum of four parts is that of two but for rounding.
    const double loss = plenty.losses.at("all").get<double>();
    QVERIFY(std::abs(scarce.losses.at("all").get<double>() - loss) < 1e-4 * loss);
}

void TestMemory::tooLittleForOneImageIsOneError() {
    const PackedSet set = noisyImage();
    const auto output = m_folder.path() / "none.safetensors";
    SmallMemory memory;
    JobContext job;
    (void)trainModel(set, large(m_folder.path() / "some.safetensors"), job,
                     [](const TrainingReport&) {});
    // A sixteenth of a part of eight images is half of what one needs, and more than the
    // parameters.
    memory.limit = memory.largest() / 16;
    ErrorCode code = ErrorCode::cancelled;
    std::string words;
    try {
        (void)trainModel(set, large(output), job, [](const TrainingReport&) {});
    } catch (const Error& error) {
        code = error.code();
        words = error.what();
    }
    memory.limit = SIZE_MAX;
    QVERIFY(code == ErrorCode::memory);
    QVERIFY2(words.find("smallest part of a batch") != std::string::npos, words.c_str());
    QVERIFY(!std::filesystem::exists(output));
}

QTEST_GUILESS_MAIN(TestMemory)
#include "tst_memory.moc"
