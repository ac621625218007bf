// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace likeness::phantoms {

/// Radix-2 fast Fourier transform of one power-of-two length. An own one, because its bytes must
/// not depend on which vector instructions a library finds at run time, and because it needs no
/// planner shared between threads.
class Fourier {
public:
    /// `length` is a power of two.
    explicit Fourier(std::size_t length);

    [[nodiscard]] std::size_t length() const noexcept { return m_order.size(); }

    void forward(std::span<std::complex<double>> values) const noexcept;

    /// Includes the division by the length.
    void inverse(std::span<std::complex<double>> values) const noexcept;

private:
    std::vector<std::size_t> m_order;
    std::vector<std::complex<double>> m_roots; ///< those of every stage in turn
};

/// Smallest power of two >= n.
[[nodiscard]] std::size_t powerOfTwo(std::size_t n) noexcept;

} // namespace likeness::phantoms
