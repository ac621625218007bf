// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSettings>
#include <QString>
#include <QVariant>

#include <utility>

namespace likeness {

/// One remembered choice: its key, type and default are written once, where it is declared. A value
/// equal to the default is not stored, so that a later default reaches everybody who never chose.
template <typename T>
class Setting {
public:
    Setting(QSettings& store, QString key, T fallback)
        : m_store(store)
        , m_key(std::move(key))
        , m_default(std::move(fallback)) {}

    [[nodiscard]] T get() const {
        const QVariant value = m_store.value(m_key);
        return value.canConvert<T>() ? value.value<T>() : m_default;
    }

    void set(const T& value) {
        if (value == m_default)
            m_store.remove(m_key);
        else
            m_store.setValue(m_key, QVariant::fromValue(value));
    }

private:
    QSettings& m_store;
    QString m_key;
    T m_default;
};

} // namespace likeness
