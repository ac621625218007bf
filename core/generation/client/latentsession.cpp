// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/latentsession.h"

#include "core/generation/client/workertalk.h"

namespace likeness {

LatentSession::LatentSession(WorkerClient client, WorkerClient::Latents what)
    : m_client(std::move(client))
    , m_what(std::move(what)) {
    m_what.output = m_folder.path() / "latents.lkpack";
}

Json LatentSession::ask(Json request, JobContext& job) {
    job.throwIfStopped();
    request["keep"] = true;
    if (!m_worker)
        m_worker = m_client.start();
    const TrainingMonitor nobody;
    WorkerTalk talk(*m_worker, job, nobody);
    try {
        Json answer = talk.ask(request);
        if (!m_space)
            m_space = latentSpaceFromJson(answer.value("space", Json()), "likeness-worker");
        return answer;
    } catch (...) {
        if (talk.isOver())
            m_worker.reset();
        throw;
    }
}

const LatentSpace& LatentSession::space(JobContext& job) {
    if (!m_space) {
        m_what.points.clear();
        (void)ask(WorkerClient::requestOf(m_what), job);
    }
    return *m_space;
}

PackedSet LatentSession::render(const std::vector<LatentPoint>& points,
                                JobContext& job,
                                int width,
                                int height) {
    m_what.points = points;
    m_what.width = width;
    m_what.height = height;
    (void)ask(WorkerClient::requestOf(m_what), job);
    return readPackedSet(m_what.output);
}

} // namespace likeness
