"""Requirements about Kubeflow's notebook servers."""

from __future__ import annotations

from envs.mlops.reading import differs, each, same_image
from envs.mlops.spots import spots
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest

#: With this annotation, the controller scales a notebook to nothing.
_STOPPED = "kubeflow-resource-stopped"


@requirement(
    "a Kubeflow Notebook `{name}` with the image `{image}`",
    "the Notebook `{name}` runs `{image}`",
)
def notebook(manifest: Manifest, name: str, image: str) -> Findings:
    """A notebook server that is not stopped, and its image."""

    def check(item: KubeObject) -> Findings:
        found, wrong = spots(Manifest((item,)), name, "")
        yield from wrong
        for spot in found:
            if not same_image(spot.container.get("image"), image):
                yield differs(item, (*spot.at, "image"), spot.container.get("image"), image)
        if item.get("metadata", "annotations", _STOPPED) is not None:
            yield item.finding(f"`{name}` is stopped", "metadata", "annotations", _STOPPED)

    return each(manifest, name, ("Notebook",), check)
