// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/movie.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "viewers/support/spanimage.h"
#include "viewers/volume/offscreen.h"

#include <QImageWriter>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <system_error>

namespace likeness {

namespace {

constexpr int kGap = 4;
constexpr QRgb kGround = qRgb(119, 119, 119);

QString numbers(const std::array<double, 3>& values) {
    return QStringLiteral("%1 %2 %3").arg(values[0]).arg(values[1]).arg(values[2]);
}

/// "range low high; position opacity red green blue; ..."
QString wordsOf(const TransferFunction& transfer, DisplayRange range) {
    QString text = QStringLiteral("range %1 %2").arg(range.low).arg(range.high);
    for (const TransferPoint& point : transfer.points)
        text += QStringLiteral("; %1 %2 %3")
                    .arg(point.position)
                    .arg(point.opacity)
                    .arg(numbers(point.colour));
    return text + (transfer.shading ? QStringLiteral("; shaded") : QString());
}

DisplayRange rangeOf(const MoviePane& pane) {
    return pane.transfer.range ? *pane.transfer.range : firstViewOf(pane.volume->span());
}

void check(const MovieSpec& spec) {
    if (spec.frames < 2 || spec.frames > 9999 || spec.size.width() < 64 ||
        spec.size.height() < 64 || spec.size.width() > 8192 || spec.size.height() > 8192)
        throw Error(ErrorCode::config, "Cannot make the movie",
                    "its size or number of frames is out of range",
                    "choose 2 to 9999 frames of 64 to 8192 pixels");
    if (!spec.panes[0] && !spec.panes[1])
        throw Error(ErrorCode::config, "Cannot make the movie", "there is no volume",
                    "choose a volume");
    if (std::filesystem::exists(spec.folder))
        throw Error(ErrorCode::conflict, "Cannot make the movie", "the folder exists already",
                    "choose a new name");
    if (!std::filesystem::is_directory(spec.folder.parent_path()))
        throw Error(ErrorCode::io, "Cannot make the movie", "the folder's place does not exist",
                    "choose another place");
}

/// Draws frames one by one.
class Film {
public:
    Film(const MovieSpec& spec, QOffscreenSurface* surface)
        : m_spec(spec) {
        const bool two = spec.panes[0] && spec.panes[1];
        m_size =
            QSize(two ? (spec.size.width() - kGap) / 2 : spec.size.width(), spec.size.height());
        if (spec.kind == MovieKind::turntable)
            m_stage = std::make_unique<Offscreen>(surface, m_size);
        for (std::size_t i = 0; i < 2; ++i)
            if (spec.panes[i])
                prepare(i);
    }

    [[nodiscard]] QImage frame(int number) {
        QImage whole(m_spec.size, QImage::Format_RGB32);
        whole.fill(kGround);
        QPainter painter(&whole);
        int left = 0;
        for (std::size_t i = 0; i < 2; ++i) {
            if (!m_spec.panes[i])
                continue;
            painter.drawImage(left, 0, half(i, number));
            left += m_size.width() + kGap;
        }
        painter.end();
        annotate(whole, number);
        return whole;
    }

private:
    void prepare(std::size_t i) {
        const MoviePane& pane = *m_spec.panes[i];
        m_ranges[i] = rangeOf(pane);
        if (!m_stage)
            return;
        m_scenes[i] = std::make_unique<VolumeScene>();
        m_scenes[i]->setVolume(pane.volume);
        m_scenes[i]->setWorldUnit(m_spec.unit);
        m_scenes[i]->setTransfer(pane.transfer);
        m_scenes[i]->setSurface(pane.surface);
        m_scenes[i]->setOptions(pane.options, m_spec.linkSize);
    }

    [[nodiscard]] CameraPose poseAt(int number) const {
        return rotated(m_spec.pose, 360.0 * number / m_spec.frames, 0.0);
    }

    [[nodiscard]] QImage half(std::size_t i, int number) {
        if (m_stage) {
            m_scenes[i]->setPose(poseAt(number));
            return m_stage->picture(*m_scenes[i]);
        }
        const MoviePane& pane = *m_spec.panes[i];
        const double share = static_cast<double>(number) / (m_spec.frames - 1);
        const auto z = std::lround(share * static_cast<double>(pane.volume->depth() - 1));
        const Volume slice = pane.volume->slice(2, z);
        const QImage picture = pictureOf(
            slice.span(), pane.options.sliceRange.value_or(firstViewOf(pane.volume->span())));
        QImage out(m_size, QImage::Format_RGB32);
        out.fill(kGround);
        QSizeF extent(picture.size());
        if (pane.volume->voxelSize)
            extent = QSizeF(extent.width() * pane.volume->voxelSize->um[0],
                            extent.height() * pane.volume->voxelSize->um[1]);
        const QSize fitted = extent.scaled(m_size, Qt::KeepAspectRatio).toSize();
        QPainter painter(&out);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(QRect(QPoint((m_size.width() - fitted.width()) / 2,
                                       (m_size.height() - fitted.height()) / 2),
                                fitted),
                          picture);
        return out;
    }

    void annotate(QImage& whole, int number) const {
        constexpr std::array kSides{u"Left", u"Right"};
        whole.setText(QStringLiteral("Software"), m_spec.program);
        whole.setText(QStringLiteral("Frame"),
                      QStringLiteral("%1 of %2").arg(number + 1).arg(m_spec.frames));
        for (std::size_t i = 0; i < 2; ++i) {
            if (!m_spec.panes[i])
                continue;
            const QString side = QStringView(kSides.at(i)).toString();
            whole.setText(side + QStringLiteral(" volume"), m_spec.panes[i]->title);
            whole.setText(side + QStringLiteral(" transfer"),
                          wordsOf(m_spec.panes[i]->transfer, m_ranges[i]));
        }
        if (!m_stage)
            return;
        const CameraPose pose = poseAt(number);
        whole.setText(QStringLiteral("Camera"),
                      QStringLiteral("position %1; focus %2; up %3")
                          .arg(numbers(pose.position), numbers(pose.focus), numbers(pose.up)));
    }

    const MovieSpec& m_spec;
    QSize m_size;
    std::array<DisplayRange, 2> m_ranges{};
    std::array<std::unique_ptr<VolumeScene>, 2> m_scenes;
    std::unique_ptr<Offscreen> m_stage; ///< dies before the scenes
};

} // namespace

void writeMovie(const MovieSpec& spec, QOffscreenSurface* surface, JobContext& job) {
    check(spec);
    const TemporaryFolder work(spec.folder.parent_path());
    const std::filesystem::path frames = work.path() / "frames";
    std::error_code failure;
    std::filesystem::create_directory(frames, failure);
    Film film(spec, surface);
    for (int i = 0; i < spec.frames && !failure; ++i) {
        job.throwIfStopped();
        const QString name = QStringLiteral("frame_%1.png").arg(i + 1, 4, 10, QLatin1Char('0'));
        QImageWriter writer(QString::fromStdString((frames / name.toStdString()).string()), "png");
        if (!writer.write(film.frame(i)))
            throw Error(ErrorCode::io, "Cannot write the movie", writer.errorString().toStdString(),
                        "choose another place");
        job.report(static_cast<double>(i + 1) / spec.frames, "Drawing frames");
    }
    job.throwIfStopped();
    if (!failure && std::filesystem::exists(spec.folder))
        failure = std::make_error_code(std::errc::file_exists);
    if (!failure)
        std::filesystem::rename(frames, spec.folder, failure);
    if (failure)
        throw Error(ErrorCode::io, "Cannot write the movie", failure.message(),
                    "choose another place");
}

} // namespace likeness
