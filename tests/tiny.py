"""A tokenizer of bytes with a chat template, and the shape of a model so small that it trains in a second."""

from __future__ import annotations

import json
from pathlib import Path

MARKS = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|call|>", "<|tools|>"]
TEMPLATE = """{%- if tools %}<|tools|>{{ tools | tojson }}<|end|>
{% endif %}{%- for message in messages %}<|{{ message.role }}|>
{%- if message.role == 'assistant' %}{% generation %}{{ message.content }}
{%- if message.tool_calls %}{% for call in message.tool_calls %}<|call|>{{ call.function.name }}
{{- call.function.arguments | tojson }}{% endfor %}{% endif %}<|end|>{% endgeneration %}
{%- else %}{{ message.content }}<|end|>{% endif %}

{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"""


def tiny(folder: Path) -> Path:
    """Write the files of a model without its weights, as the Hub has them, and return their folder."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    counter = Tokenizer(models.BPE({one: at for at, one in enumerate([*MARKS, *alphabet])}, []))
    counter.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    counter.decoder = decoders.ByteLevel()
    counter.add_special_tokens(MARKS)
    folder.mkdir(parents=True, exist_ok=True)
    counter.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": "<|pad|>",
        "eos_token": "<|end|>",
        "chat_template": TEMPLATE,
    }
    shape = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": len(MARKS) + len(alphabet),
        "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 2, "eos_token_id": 1, "pad_token_id": 0, "bos_token_id": None,
        "max_position_embeddings": 4096, "tie_word_embeddings": False,
    }  # fmt: skip
    for name, values in (("tokenizer_config.json", settings), ("config.json", shape)):
        (folder / name).write_text(json.dumps(values), encoding="utf-8")
    return folder
