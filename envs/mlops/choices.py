"""What the MLOps tasks are about: models, images, accelerators, amounts, names."""

from __future__ import annotations

from collections.abc import Mapping

#: Names of models and teams, for the first half of drawn names.
FIRST = tuple(
    """churn fraud demand pricing ranking search chat summary intent sentiment toxicity vision
    speech forecast credit risk click recommend embed rerank translate caption support legal
    clinic route energy catalog review invoice ticket document image video audio sensor""".split()
)
SERVERS = tuple("llm model server inference predictor serving api engine scorer endpoint".split())
TRAININGS = tuple("training trainer finetune fit tuning pretrain retrain distill".split())
BATCHES = tuple("batch scoring embeddings backfill export labels eval offline".split())
PIPELINES = tuple("pipeline flow workflow retraining loop train-flow".split())
SPACES = tuple(
    """ml-serving ml-training ml-prod ml-staging inference llm-serving research data-science
    model-serving ai-platform team-vision team-nlp team-search gpu-jobs experiments""".split()
)
LLMS = tuple(
    """meta-llama/Llama-3.1-8B-Instruct meta-llama/Llama-3.3-70B-Instruct Qwen/Qwen2.5-7B-Instruct
    Qwen/Qwen2.5-32B-Instruct Qwen/Qwen3-8B Qwen/Qwen3-14B mistralai/Mistral-7B-Instruct-v0.3
    mistralai/Mixtral-8x7B-Instruct-v0.1 google/gemma-2-9b-it google/gemma-3-12b-it
    microsoft/Phi-4-mini-instruct deepseek-ai/DeepSeek-R1-Distill-Qwen-14B
    ibm-granite/granite-3.3-8b-instruct allenai/OLMo-2-1124-7B-Instruct""".split()
)
EMBEDDERS = tuple(
    """BAAI/bge-small-en-v1.5 BAAI/bge-large-en-v1.5 BAAI/bge-m3 intfloat/e5-large-v2
    intfloat/multilingual-e5-large thenlper/gte-base Alibaba-NLP/gte-large-en-v1.5
    sentence-transformers/all-MiniLM-L6-v2 nomic-ai/nomic-embed-text-v1.5""".split()
)
OLLAMA_MODELS = tuple(
    """llama3.2:3b llama3.1:8b qwen2.5:7b qwen3:8b mistral:7b gemma3:4b phi4:14b
    deepseek-r1:8b nomic-embed-text codellama:7b granite3.3:8b""".split()
)
VLLM_IMAGES = tuple(f"vllm/vllm-openai:v{v}" for v in "0.11.0 0.10.2 0.10.1.1 0.9.2 0.8.5".split())
TGI_IMAGES = tuple(
    f"ghcr.io/huggingface/text-generation-inference:{v}" for v in "3.3.4 3.3.1 3.2.3 3.1.1".split()
)
TEI_IMAGES = tuple(
    f"ghcr.io/huggingface/text-embeddings-inference:{v}"
    for v in "1.8 1.7 cpu-1.8 cpu-1.7 86-1.8 turing-1.7".split()
)
TRITON_IMAGES = tuple(
    f"nvcr.io/nvidia/tritonserver:{v}-py3" for v in "25.08 25.06 25.03 24.12 24.08".split()
)
OLLAMA_IMAGES = tuple(f"ollama/ollama:{v}" for v in "0.12.3 0.11.8 0.9.6 0.6.8 0.5.13".split())
TRAIN_IMAGES = tuple(
    """pytorch/pytorch:2.8.0-cuda12.8-cudnn9-runtime pytorch/pytorch:2.6.0-cuda12.4-cudnn9-runtime
    nvcr.io/nvidia/pytorch:25.06-py3 nvcr.io/nvidia/pytorch:24.10-py3
    tensorflow/tensorflow:2.19.0-gpu registry.example.com/ml/trainer:3.2.0
    registry.example.com/ml/finetune:1.8.1 ghcr.io/acme/train:2.4.0
    ghcr.io/north/vision-train:0.9.3""".split()
)
TORCH_IMAGES = tuple(one for one in TRAIN_IMAGES if "tensorflow" not in one)
TENSORFLOW_IMAGES = (
    "tensorflow/tensorflow:2.19.0-gpu",
    "tensorflow/tensorflow:2.18.0-gpu",
    *(one for one in TRAIN_IMAGES if one.startswith(("registry", "ghcr"))),
)
OWN_IMAGES = tuple(one for one in TRAIN_IMAGES if one.startswith(("registry", "ghcr")))
#: What the pods of each kind of server tell of their load, and queries over it.
LOADS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "vllm": (
        VLLM_IMAGES,
        ("vllm:num_requests_waiting", "vllm:num_requests_running"),
        ("sum(vllm:num_requests_waiting)", "avg(vllm:num_requests_running)"),
    ),
    "triton": (
        TRITON_IMAGES,
        ("nv_inference_pending_request_count", "nv_inference_queue_duration_us"),
        ("sum(nv_inference_pending_request_count)", "avg(nv_gpu_utilization)"),
    ),
    "tgi": (
        TGI_IMAGES,
        ("tgi_queue_size", "tgi_batch_current_size"),
        ("max(tgi_queue_size)", "sum(tgi_batch_current_size)"),
    ),
}
BATCH_IMAGES = tuple(
    """registry.example.com/ml/batch-score:2.1.0 registry.example.com/ml/scorer:1.4
    ghcr.io/acme/batch-inference:5.0.2 ghcr.io/north/embedder:0.7.1 quay.io/lumen/predict:3.3
    python:3.12-slim python:3.11-slim pytorch/pytorch:2.8.0-cuda12.8-cudnn9-runtime""".split()
)
TRAIN_COMMANDS = tuple(
    """python train.py --epochs 3|python train.py --epochs 10 --batch-size 64
    python -m trainer.main --config /config/run.yaml|python finetune.py --lora-rank 16
    torchrun --nproc_per_node=4 train.py|python train.py --lr 0.0003 --seed 7
    python -m train --resume auto|python pretrain.py --steps 20000
    accelerate launch train.py --mixed_precision bf16|python distill.py --teacher large""".replace(
        "\n", "|"
    )
    .replace("    ", "")
    .split("|")
)
BATCH_COMMANDS = tuple(
    """python score.py --date yesterday|python batch_predict.py --shards 8
    python -m scoring.run --output /data/scores|python embed.py --batch-size 256
    python predict.py --model /models/current|python -m inference.batch --limit 100000
    python export_features.py --days 7|python evaluate.py --split holdout""".replace("\n", "|")
    .replace("    ", "")
    .split("|")
)
#: Labels of GPU nodes with their values.
NODE_LABELS: Mapping[str, tuple[str, ...]] = {
    "nvidia.com/gpu.product": (
        "NVIDIA-A100-SXM4-80GB", "NVIDIA-H100-80GB-HBM3", "NVIDIA-L4", "Tesla-T4", "NVIDIA-L40S",
    ),
    "cloud.google.com/gke-accelerator": ("nvidia-l4", "nvidia-tesla-t4", "nvidia-tesla-a100"),
    "node.kubernetes.io/instance-type": ("g5.2xlarge", "p4d.24xlarge", "g6.xlarge", "p5.48xlarge"),
    "pool": ("gpu", "gpu-large", "training", "inference", "a100", "h100"),
    "accelerator": ("a100", "h100", "l4", "t4"),
}  # fmt: skip
TAINTS = ("nvidia.com/gpu", "gpu", "dedicated-gpu", "accelerator")
EFFECTS = ("NoSchedule", "NoExecute")
PRIORITIES = ("gpu-high", "inference-critical", "training-low", "batch-gpu", "research", "ml-prod")
MEMORY = ("8Gi", "12Gi", "16Gi", "24Gi", "32Gi", "48Gi", "64Gi", "96Gi")
SMALL_MEMORY = ("512Mi", "1Gi", "2Gi", "3Gi", "4Gi", "6Gi")
CPUS = ("2", "4", "6", "8", "12", "16")
SMALL_CPUS = ("250m", "500m", "1", "1500m", "2", "3")
SHM = ("1Gi", "2Gi", "4Gi", "8Gi", "10Gi", "16Gi", "32Gi")
SIZES = ("20Gi", "50Gi", "80Gi", "100Gi", "150Gi", "200Gi", "300Gi", "500Gi")
CLASSES = ("fast-ssd", "premium-rwo", "gp3", "standard", "managed-csi", "local-nvme", "efs-sc")
SECRETS = ("hf-token", "huggingface", "hf-credentials", "hub-token", "hf-secret")
KEYS = ("token", "hf-token", "api-token", "HF_TOKEN")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC", "Europe/London")
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
TIMES = ("00:30", "01:00", "01:45", "02:00", "02:30", "03:15", "04:00", "05:20", "22:10", "23:40")
BUCKETS = tuple(
    """s3://ml-models s3://acme-models s3://north-artifacts gs://lumen-models gs://acme-ml
    gs://team-models""".split()
)


def cron_daily(time: str) -> str:
    """Return the cron expression of a time every day."""
    hour, _, minute = time.partition(":")
    return f"{int(minute)} {int(hour)} * * *"


def cron_weekly(day: str, time: str) -> str:
    """Return the cron expression of a time on a day of the week."""
    hour, _, minute = time.partition(":")
    return f"{int(minute)} {int(hour)} * * {DAYS.index(day)}"
