"""For each format the trainer's own configuration, and the command that starts it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml

from synthgen.formats import Format, chat, frameworks, services
from synthgen.training.measure import RANK, Measured

EXAMPLE = "Qwen/Qwen3-4B-Instruct-2507"
"""What configurations say where nobody named a model."""
Files = dict[str, str]


def configured(form: Format, found: Measured) -> tuple[Files, str]:
    """Return the files that stand beside the rows, by name, and the commands to type.

    Args:
        form: the format of the rows.
        found: what they are.
    """
    make = JOBS.get(form.name)
    return make(found) if make else ({}, _loaded(form))


def _yaml(values: dict[str, Any]) -> str:
    return yaml.safe_dump({name: one for name, one in values.items() if one is not None}, sort_keys=False, width=120)


def _parts(found: Measured) -> tuple[int, int]:
    """Return how many rows go through at once, and over how many of those a step is gathered."""
    once = min(4, found.batch)
    return once, found.batch // once


def _trl(found: Measured) -> tuple[Files, str]:
    kind = "dpo" if found.pairs else "sft"
    once, gathered = _parts(found)
    checks = "validation" if "validation" in found.rows else None
    settings = {
        "model_name_or_path": found.model or EXAMPLE,
        "dataset_name": f"../{found.folder}",  # a bare dot has no name, and `datasets` wants one
        "dataset_test_split": checks,
        "eval_strategy": "epoch" if checks else "no",
        "max_length": found.length,
        "num_train_epochs": found.epochs,
        "per_device_train_batch_size": once,
        "gradient_accumulation_steps": gathered,
        "learning_rate": found.rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": max(1, found.steps // 20),
        "gradient_checkpointing": True,
        "use_peft": True,
        "lora_r": RANK,
        "lora_alpha": 2 * RANK,
        "lora_target_modules": "all-linear",
        "logging_steps": 1,
        "output_dir": "trained",
    }
    command = f'pip install "trl[peft]"\ntrl {kind} --config {kind}.yaml'
    return {f"{kind}.yaml": _yaml(settings)}, command


def _axolotl(found: Measured) -> tuple[Files, str]:
    once, gathered = _parts(found)
    mapped = {"message_property_mappings": {"role": "role", "content": "content"}, "field_messages": "messages"}
    if found.pairs:
        read = {"type": "chat_template.default", **mapped, "field_chosen": "chosen", "field_rejected": "rejected"}
    else:
        read = {"type": "chat_template", **mapped, "roles_to_train": ["assistant"], "train_on_eos": "turn"}
        read |= {"field_tools": "tools"} if found.tools else {}

    def at(split: str) -> list[dict[str, Any]]:
        return [{"path": f"{split}.jsonl", "ds_type": "json", "split": "train", **read}]

    settings = {
        "base_model": found.model or EXAMPLE,
        "rl": "dpo" if found.pairs else None,
        "chat_template": "tokenizer_default",
        "datasets": at("train"),
        "test_datasets": at("validation") if "validation" in found.rows else None,
        "sequence_len": found.length,
        "adapter": "lora",
        "lora_r": RANK,
        "lora_alpha": 2 * RANK,
        "lora_target_linear": True,
        "micro_batch_size": once,
        "gradient_accumulation_steps": gathered,
        "num_epochs": found.epochs,
        "learning_rate": found.rate,
        "optimizer": "adamw_torch",
        "lr_scheduler": "cosine",
        "warmup_steps": max(1, found.steps // 20),
        "gradient_checkpointing": True,
        "bf16": "auto",
        "output_dir": "trained",
    }
    return {"axolotl.yaml": _yaml(settings)}, "pip install axolotl\naxolotl train axolotl.yaml"


def _llama_factory(found: Measured) -> tuple[Files, str]:
    once, gathered = _parts(found)
    columns = {"messages": "conversations"} | ({"tools": "tools"} if found.tools else {})
    columns |= {"chosen": "chosen", "rejected": "rejected"} if found.pairs else {}
    listed = {
        split: {
            "file_name": f"{split}.jsonl",
            "formatting": "sharegpt",
            **({"ranking": True} if found.pairs else {}),
            "columns": columns,
        }
        for split in found.rows
    }
    checks = "validation" if "validation" in found.rows else None
    kind = "dpo" if found.pairs else "sft"
    settings = {
        "model_name_or_path": found.model or EXAMPLE,
        "stage": kind,
        "do_train": True,
        "finetuning_type": "lora",
        "lora_rank": RANK,
        "lora_alpha": 2 * RANK,
        "lora_target": "all",
        "dataset_dir": ".",
        "dataset": "train",
        "eval_dataset": checks,
        "eval_strategy": "epoch" if checks else None,
        "cutoff_len": found.length,
        "per_device_train_batch_size": once,
        "gradient_accumulation_steps": gathered,
        "num_train_epochs": float(found.epochs),
        "learning_rate": found.rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": max(1, found.steps // 20),
        "bf16": True,
        "logging_steps": 1,
        "output_dir": "trained",
    }
    files = {"dataset_info.json": json.dumps(listed, indent=2) + "\n", f"{kind}.yaml": _yaml(settings)}
    return files, f"pip install llamafactory\nllamafactory-cli train {kind}.yaml"


def _openai(found: Measured) -> tuple[Files, str]:
    kind = "dpo" if found.pairs else "supervised"
    body = {
        "model": "gpt-4.1-mini-2025-04-14",
        "training_file": "FILE_ID_OF_train.jsonl",
        **({"validation_file": "FILE_ID_OF_validation.jsonl"} if "validation" in found.rows else {}),
        "method": {"type": kind, kind: {"hyperparameters": {"n_epochs": found.epochs}}},
    }
    return {"job.json": json.dumps(body, indent=2) + "\n"}, _sent("https://api.openai.com/v1", "OPENAI_API_KEY", found)


def _mistral(found: Measured) -> tuple[Files, str]:
    body = {
        "model": "open-mistral-7b",
        "training_files": [{"file_id": "FILE_ID_OF_train.jsonl", "weight": 1}],
        **({"validation_files": ["FILE_ID_OF_validation.jsonl"]} if "validation" in found.rows else {}),
        "hyperparameters": {"training_steps": found.steps, "learning_rate": 1e-4},
        "auto_start": True,
    }
    return {"job.json": json.dumps(body, indent=2) + "\n"}, _sent("https://api.mistral.ai/v1", "MISTRAL_API_KEY", found)


def _sent(address: str, key: str, found: Measured) -> str:
    """Return the commands that send the files to a service and start the job."""
    allowed = f'-H "Authorization: Bearer ${key}"'
    names = [name for name in ("train", "validation") if name in found.rows]
    lines = [f"curl {address}/files {allowed} -F purpose=fine-tune -F file=@{name}.jsonl" for name in names]
    return "\n".join(
        [
            *lines,
            "# write the ids that came back into job.json",
            f"curl {address}/fine_tuning/jobs {allowed} -H 'Content-Type: application/json' -d @job.json",
        ]
    )


def _loaded(form: Format) -> str:
    kind = "parquet" if form.suffix == "parquet" else "json"
    return f'python -c \'import datasets; print(datasets.load_dataset("{kind}", data_dir="."))\''


JOBS: dict[str, Callable[[Measured], tuple[Files, str]]] = {
    chat.MESSAGES.name: _trl,
    chat.PROMPT_COMPLETION.name: _trl,
    chat.PREFERENCE.name: _trl,
    services.OPENAI.name: _openai,
    services.OPENAI_PREFERENCE.name: _openai,
    services.MISTRAL.name: _mistral,
    frameworks.LLAMA_FACTORY.name: _llama_factory,
    frameworks.AXOLOTL.name: _axolotl,
}
"""What trains on each format; the others are read by scripts of one's own."""
