"""What `agora bench inference` prints."""

from __future__ import annotations

from agora.domains.operations.bench.tuning import Tuning


def build_report(tuning: Tuning) -> list[str]:
    """Lines of text: what was measured, then the section for agora.toml."""
    lines = [f"model {tuning.model}; tokens a second"]
    lines.append("threads  writing  beside a busy program")
    lines += [f"{one.threads:7}  {one.alone:7.1f}  {one.beside:7.1f}" for one in tuning.threads]
    lines.append("batch    reading")
    lines += [f"{one.size:7}  {one.tokens_per_s:7.1f}" for one in tuning.batches]
    lines.append("slots    writing together   each")
    lines += [f"{one.size:7}  {one.tokens_per_s:7.1f}            {one.tokens_per_s / one.size:7.1f}" for one in tuning.slots]
    if tuning.drafts:
        lines.append("draft    writing one text  guesses right  temperature")
        lines += [f"{one.length:7}  {one.tokens_per_s:16.1f}  {one.right:12.0%}  {one.temperature:12.1f}" for one in tuning.drafts]
    best = tuning.proposal
    lines += [
        "",
        "[inference]",
        f"threads = {best.threads}",
        f"batch = {best.batch}",
        f"sequences = {best.sequences}",
        f"context = {best.context}",
    ]
    return lines
