"""Runs inside the trainers' own environment: takes an export, and has the trainer's code say what it makes of it.

It knows nothing of synthgen. Called as `python trainer.py WHAT MODEL FOLDER...`; prints one JSON object, a key a
folder.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "DISABLE_VERSION_CHECK": "1", "TOKENIZERS_PARALLELISM": "false"}


def model(folder: Path) -> str:
    """Give the model in a folder random weights, where it has none yet; return the folder."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    if not (folder / "model.safetensors").exists():
        torch.manual_seed(0)
        AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder)).save_pretrained(folder)
    return str(folder)


def trl(folder: Path, small: Path) -> dict[str, Any]:
    """Train three steps as the export's own configuration says, by the code behind `trl sft` and `trl dpo`."""
    import importlib

    (config,) = folder.glob("*.yaml")
    script = importlib.import_module(f"trl.scripts.{config.stem}")
    os.chdir(folder)
    more = ["--model_name_or_path", model(small), "--max_steps", "3", "--use_cpu", "true", "--report_to", "none",
            "--bf16", "false", "--fp16", "false", "--save_strategy", "no", "--dataset_num_proc", "1"]  # fmt: skip
    kept: list[Any] = []
    name = {"sft": "SFTTrainer", "dpo": "DPOTrainer"}[config.stem]
    import trl as package

    kind = getattr(package, name)
    train = kind.train

    def seen(self: Any, *arguments: Any, **named: Any) -> Any:
        kept.append(self)
        return train(self, *arguments, **named)

    kind.train = seen
    sys.argv = [config.stem, "--config", config.name, *more]
    script.main(*script.make_parser().parse_args_and_config(fail_with_unknown_args=True))
    kind.train = train
    (done,) = kept
    losses = [one["loss"] for one in done.state.log_history if "loss" in one]
    texts = [done.processing_class.decode(one.get("input_ids") or one["prompt_ids"] + one["chosen_ids"])
             for one in done.train_dataset]  # fmt: skip
    return {"steps": done.state.global_step, "losses": losses, "texts": texts}


def mistral(folder: Path, _: Path) -> dict[str, Any]:
    """Hold each row against Mistral's own validator of files for fine-tuning."""
    from mistral_common.protocol.instruct.request import ChatCompletionRequest
    from mistral_common.protocol.instruct.validator import MistralRequestValidatorV3, ValidationMode

    validator = MistralRequestValidatorV3(mode=ValidationMode.finetuning)
    rows = [json.loads(line) for line in (folder / "train.jsonl").read_text("utf-8").splitlines()]
    for row in rows:
        validator.validate_request(ChatCompletionRequest(**row))
    return {"rows": len(rows)}


def llama_factory(folder: Path, small: Path) -> dict[str, Any]:
    """Parse the configuration, and take the rows through the parser, converter and template of LLaMA-Factory."""
    import yaml
    from llamafactory.data.loader import _load_single_dataset
    from llamafactory.data.parser import get_dataset_list
    from llamafactory.hparams import get_train_args

    (config,) = folder.glob("*.yaml")
    os.chdir(folder)
    settings = yaml.safe_load(config.read_text("utf-8"))
    settings |= {"model_name_or_path": model(small), "bf16": False, "use_cpu": True}
    arguments = get_train_args(settings)
    (listed,) = get_dataset_list([settings["dataset"]], settings["dataset_dir"])
    found = _load_single_dataset(listed, *arguments[:3])
    return {"rows": [dict(one) for one in found]}


def axolotl(folder: Path, small: Path) -> dict[str, Any]:
    """Parse the configuration by Axolotl's own schema, and take the rows through its prompt strategy."""
    import datasets
    import yaml
    from axolotl.utils.dict import DictDefault
    from axolotl.utils.schemas.config import AxolotlInputConfig
    from transformers import AutoTokenizer

    settings = yaml.safe_load((folder / "axolotl.yaml").read_text("utf-8"))
    parsed = DictDefault(AxolotlInputConfig(**settings).model_dump(exclude_none=True))
    tokenizer = AutoTokenizer.from_pretrained(model(small))
    rows = datasets.load_dataset("json", data_files=str(folder / "train.jsonl"), split="train")
    if settings.get("rl"):
        from axolotl.prompt_strategies.dpo.chat_template import default

        change, _ = default(parsed)
        return {"texts": [change(one, tokenizer=tokenizer) for one in rows]}
    from axolotl.prompt_strategies.chat_template import load

    strategy = load(tokenizer, parsed, DictDefault(parsed["datasets"][0]))
    made = [strategy.tokenize_prompt(one) for one in rows]
    made = [one if "input_ids" in one else one[0] for one in made]
    return {
        "texts": [tokenizer.decode(one["input_ids"]) for one in made],
        "learnt": [tokenizer.decode([token for token in one["labels"] if token >= 0]) for one in made],
    }


if __name__ == "__main__":
    what, small, *folders = globals()[sys.argv[1]], *(Path(one).resolve() for one in sys.argv[2:])
    print("\n" + json.dumps({str(one): what(one, small) for one in folders}))
