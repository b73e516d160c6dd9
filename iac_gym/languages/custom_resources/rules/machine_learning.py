"""What the operators for machine learning refuse: Katib, Ray, KServe, Kubeflow, Kueue, Seldon."""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.check import rule
from iac_gym.languages.custom_resources.model import CustomManifest
from iac_gym.verdict import Finding, Stage


@rule(Stage.SEMANTICS)
def katib_trials(manifest: CustomManifest) -> Iterable[Finding]:
    """An experiment runs no more trials at once, and lets no more fail, than it has.

    Source: https://www.kubeflow.org/docs/components/katib/user-guides/experiment-configuration/
    Bad::

        apiVersion: kubeflow.org/v1beta1
        kind: Experiment
        metadata:
          name: tune
        spec:
          maxTrialCount: 1
          parallelTrialCount: 2
          objective:
            type: maximize
            objectiveMetricName: accuracy
          algorithm:
            algorithmName: random
          metricsCollectorSpec:
            collector:
              kind: StdOut
          parameters:
            - name: rate
              parameterType: double
              feasibleSpace:
                min: "0.01"
                max: "0.1"
          trialTemplate:
            primaryContainerName: train
            trialParameters:
              - name: learningRate
                reference: rate
            trialSpec:
              apiVersion: batch/v1
              kind: Job
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers:
                      - name: train
                        image: example/train:1
                        args: ["--rate=${trialParameters.learningRate}"]

    Good::

        apiVersion: kubeflow.org/v1beta1
        kind: Experiment
        metadata:
          name: tune
        spec:
          maxTrialCount: 6
          parallelTrialCount: 2
          objective:
            type: maximize
            objectiveMetricName: accuracy
          algorithm:
            algorithmName: random
          metricsCollectorSpec:
            collector:
              kind: StdOut
          parameters:
            - name: rate
              parameterType: double
              feasibleSpace:
                min: "0.01"
                max: "0.1"
          trialTemplate:
            primaryContainerName: train
            trialParameters:
              - name: learningRate
                reference: rate
            trialSpec:
              apiVersion: batch/v1
              kind: Job
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers:
                      - name: train
                        image: example/train:1
                        args: ["--rate=${trialParameters.learningRate}"]
    """
    return manifest.faults.get("katib-trials", ())


@rule(Stage.SEMANTICS)
def katib_objective(manifest: CustomManifest) -> Iterable[Finding]:
    """An experiment minimizes or maximizes a metric that it names.

    Source: https://www.kubeflow.org/docs/components/katib/user-guides/experiment-configuration/
    Bad::

        apiVersion: kubeflow.org/v1beta1
        kind: Experiment
        metadata:
          name: tune
        spec:
          maxTrialCount: 6
          parallelTrialCount: 2
          objective:
            type: increase
            objectiveMetricName: accuracy
          algorithm:
            algorithmName: random
          metricsCollectorSpec:
            collector:
              kind: StdOut
          parameters:
            - name: rate
              parameterType: double
              feasibleSpace:
                min: "0.01"
                max: "0.1"
          trialTemplate:
            primaryContainerName: train
            trialParameters:
              - name: learningRate
                reference: rate
            trialSpec:
              apiVersion: batch/v1
              kind: Job
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers:
                      - name: train
                        image: example/train:1
                        args: ["--rate=${trialParameters.learningRate}"]

    Good::

        apiVersion: kubeflow.org/v1beta1
        kind: Experiment
        metadata:
          name: tune
        spec:
          maxTrialCount: 6
          parallelTrialCount: 2
          objective:
            type: maximize
            objectiveMetricName: accuracy
          algorithm:
            algorithmName: random
          metricsCollectorSpec:
            collector:
              kind: StdOut
          parameters:
            - name: rate
              parameterType: double
              feasibleSpace:
                min: "0.01"
                max: "0.1"
          trialTemplate:
            primaryContainerName: train
            trialParameters:
              - name: learningRate
                reference: rate
            trialSpec:
              apiVersion: batch/v1
              kind: Job
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers:
                      - name: train
                        image: example/train:1
                        args: ["--rate=${trialParameters.learningRate}"]
    """
    return manifest.faults.get("katib-objective", ())


@rule(Stage.SEMANTICS)
def katib_algorithm(manifest: CustomManifest) -> Iterable[Finding]:
    """The search algorithm is one that Katib has, with settings that it knows.

    Source: https://www.kubeflow.org/docs/components/katib/user-guides/experiment-configuration/
    Bad::

        apiVersion: kubeflow.org/v1beta1
        kind: Experiment
        metadata:
          name: tune
        spec:
          maxTrialCount: 6
          parallelTrialCount: 2
          objective:
            type: maximize
            objectiveMetricName: accuracy
          algorithm:
            algorithmName: annealing
          metricsCollectorSpec:
            collector:
              kind: StdOut
          parameters:
            - name: rate
              parameterType: double
              feasibleSpace:
                min: "0.01"
                max: "0.1"
          trialTemplate:
            primaryContainerName: train
            trialParameters:
              - name: learningRate
                reference: rate
            trialSpec:
              apiVersion: batch/v1
              kind: Job
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers:
                      - name: train
                        image: example/train:1
                        args: ["--rate=${trialParameters.learningRate}"]

    Good::

        apiVersion: kubeflow.org/v1beta1
        kind: Experiment
        metadata:
          name: tune
        spec:
          maxTrialCount: 6
          parallelTrialCount: 2
          objective:
            type: maximize
            objectiveMetricName: accuracy
          algorithm:
            algorithmName: random
          metricsCollectorSpec:
            collector:
              kind: StdOut
          parameters:
            - name: rate
              parameterType: double
              feasibleSpace:
                min: "0.01"
                max: "0.1"
          trialTemplate:
            primaryContainerName: train
            trialParameters:
              - name: learningRate
                reference: rate
            trialSpec:
              apiVersion: batch/v1
              kind: Job
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers:
                      - name: train
                        image: example/train:1
                        args: ["--rate=${trialParameters.learningRate}"]
    """
    return manifest.faults.get("katib-algorithm", ())


@rule(Stage.SEMANTICS)
def katib_search_space(manifest: CustomManifest) -> Iterable[Finding]:
    """Every parameter has the space that its type needs.

    Source: https://www.kubeflow.org/docs/components/katib/user-guides/experiment-configuration/
    Bad::

        apiVersion: kubeflow.org/v1beta1
        kind: Experiment
        metadata:
          name: tune
        spec:
          maxTrialCount: 6
          parallelTrialCount: 2
          objective:
            type: maximize
            objectiveMetricName: accuracy
          algorithm:
            algorithmName: random
          metricsCollectorSpec:
            collector:
              kind: StdOut
          parameters:
            - name: rate
              parameterType: double
              feasibleSpace:
                min: "0.01"
          trialTemplate:
            primaryContainerName: train
            trialParameters:
              - name: learningRate
                reference: rate
            trialSpec:
              apiVersion: batch/v1
              kind: Job
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers:
                      - name: train
                        image: example/train:1
                        args: ["--rate=${trialParameters.learningRate}"]

    Good::

        apiVersion: kubeflow.org/v1beta1
        kind: Experiment
        metadata:
          name: tune
        spec:
          maxTrialCount: 6
          parallelTrialCount: 2
          objective:
            type: maximize
            objectiveMetricName: accuracy
          algorithm:
            algorithmName: random
          metricsCollectorSpec:
            collector:
              kind: StdOut
          parameters:
            - name: rate
              parameterType: double
              feasibleSpace:
                min: "0.01"
                max: "0.1"
          trialTemplate:
            primaryContainerName: train
            trialParameters:
              - name: learningRate
                reference: rate
            trialSpec:
              apiVersion: batch/v1
              kind: Job
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers:
                      - name: train
                        image: example/train:1
                        args: ["--rate=${trialParameters.learningRate}"]
    """
    return manifest.faults.get("katib-search-space", ())


@rule(Stage.REFERENCES)
def katib_trial_template(manifest: CustomManifest) -> Iterable[Finding]:
    """A trial uses every trial parameter, each of which is searched.

    Source: https://www.kubeflow.org/docs/components/katib/user-guides/experiment-configuration/
    Bad::

        apiVersion: kubeflow.org/v1beta1
        kind: Experiment
        metadata:
          name: tune
        spec:
          maxTrialCount: 6
          parallelTrialCount: 2
          objective:
            type: maximize
            objectiveMetricName: accuracy
          algorithm:
            algorithmName: random
          metricsCollectorSpec:
            collector:
              kind: StdOut
          parameters:
            - name: rate
              parameterType: double
              feasibleSpace:
                min: "0.01"
                max: "0.1"
          trialTemplate:
            primaryContainerName: train
            trialParameters:
              - name: learningRate
                reference: momentum
            trialSpec:
              apiVersion: batch/v1
              kind: Job
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers:
                      - name: train
                        image: example/train:1
                        args: ["--rate=${trialParameters.learningRate}"]

    Good::

        apiVersion: kubeflow.org/v1beta1
        kind: Experiment
        metadata:
          name: tune
        spec:
          maxTrialCount: 6
          parallelTrialCount: 2
          objective:
            type: maximize
            objectiveMetricName: accuracy
          algorithm:
            algorithmName: random
          metricsCollectorSpec:
            collector:
              kind: StdOut
          parameters:
            - name: rate
              parameterType: double
              feasibleSpace:
                min: "0.01"
                max: "0.1"
          trialTemplate:
            primaryContainerName: train
            trialParameters:
              - name: learningRate
                reference: rate
            trialSpec:
              apiVersion: batch/v1
              kind: Job
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers:
                      - name: train
                        image: example/train:1
                        args: ["--rate=${trialParameters.learningRate}"]
    """
    return manifest.faults.get("katib-trial-template", ())


@rule(Stage.SEMANTICS)
def katib_metrics(manifest: CustomManifest) -> Iterable[Finding]:
    """The metrics collector is one that Katib has, with what it reads.

    Source: https://www.kubeflow.org/docs/components/katib/user-guides/experiment-configuration/
    Bad::

        apiVersion: kubeflow.org/v1beta1
        kind: Experiment
        metadata:
          name: tune
        spec:
          maxTrialCount: 6
          parallelTrialCount: 2
          objective:
            type: maximize
            objectiveMetricName: accuracy
          algorithm:
            algorithmName: random
          metricsCollectorSpec:
            collector:
              kind: Stdout
          parameters:
            - name: rate
              parameterType: double
              feasibleSpace:
                min: "0.01"
                max: "0.1"
          trialTemplate:
            primaryContainerName: train
            trialParameters:
              - name: learningRate
                reference: rate
            trialSpec:
              apiVersion: batch/v1
              kind: Job
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers:
                      - name: train
                        image: example/train:1
                        args: ["--rate=${trialParameters.learningRate}"]

    Good::

        apiVersion: kubeflow.org/v1beta1
        kind: Experiment
        metadata:
          name: tune
        spec:
          maxTrialCount: 6
          parallelTrialCount: 2
          objective:
            type: maximize
            objectiveMetricName: accuracy
          algorithm:
            algorithmName: random
          metricsCollectorSpec:
            collector:
              kind: StdOut
          parameters:
            - name: rate
              parameterType: double
              feasibleSpace:
                min: "0.01"
                max: "0.1"
          trialTemplate:
            primaryContainerName: train
            trialParameters:
              - name: learningRate
                reference: rate
            trialSpec:
              apiVersion: batch/v1
              kind: Job
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers:
                      - name: train
                        image: example/train:1
                        args: ["--rate=${trialParameters.learningRate}"]
    """
    return manifest.faults.get("katib-metrics", ())


@rule(Stage.SEMANTICS)
def ray_clusters(manifest: CustomManifest) -> Iterable[Finding]:
    """Ray clusters have containers in every group, and bounds that fit.

    Source: https://docs.ray.io/en/latest/cluster/kubernetes/user-guides/config.html
    Bad::

        apiVersion: ray.io/v1
        kind: RayCluster
        metadata:
          name: train
        spec:
          headGroupSpec:
            rayStartParams: {}
            template:
              spec:
                containers:
                  - name: head
                    image: rayproject/ray:2.46.0
          workerGroupSpecs:
            - groupName: workers
              minReplicas: 5
              maxReplicas: 3
              rayStartParams: {}
              template:
                spec:
                  containers:
                    - name: worker
                      image: rayproject/ray:2.46.0

    Good::

        apiVersion: ray.io/v1
        kind: RayCluster
        metadata:
          name: train
        spec:
          headGroupSpec:
            rayStartParams: {}
            template:
              spec:
                containers:
                  - name: head
                    image: rayproject/ray:2.46.0
          workerGroupSpecs:
            - groupName: workers
              minReplicas: 1
              maxReplicas: 3
              rayStartParams: {}
              template:
                spec:
                  containers:
                    - name: worker
                      image: rayproject/ray:2.46.0
    """
    return manifest.faults.get("ray-clusters", ())


@rule(Stage.SEMANTICS)
def ray_jobs(manifest: CustomManifest) -> Iterable[Finding]:
    """Ray jobs have a cluster and settings that go together.

    Source: https://docs.ray.io/en/latest/cluster/kubernetes/getting-started/rayjob-quick-start.html
    Bad::

        apiVersion: ray.io/v1
        kind: RayJob
        metadata:
          name: train
        spec:
          entrypoint: python train.py
          ttlSecondsAfterFinished: 60
          rayClusterSpec:
            headGroupSpec:
              rayStartParams: {}
              template:
                spec:
                  containers:
                    - name: head
                      image: rayproject/ray:2.46.0

    Good::

        apiVersion: ray.io/v1
        kind: RayJob
        metadata:
          name: train
        spec:
          entrypoint: python train.py
          ttlSecondsAfterFinished: 60
          shutdownAfterJobFinishes: true
          rayClusterSpec:
            headGroupSpec:
              rayStartParams: {}
              template:
                spec:
                  containers:
                    - name: head
                      image: rayproject/ray:2.46.0
    """
    return manifest.faults.get("ray-jobs", ())


@rule(Stage.SEMANTICS)
def ray_services(manifest: CustomManifest) -> Iterable[Finding]:
    """Ray services say what they serve: applications with names, routes and import paths.

    Source: https://docs.ray.io/en/latest/serve/production-guide/config.html
    Bad::

        apiVersion: ray.io/v1
        kind: RayService
        metadata:
          name: serve
        spec:
          serveConfigV2: |
            applications:
              - name: app
                path: main:app
          rayClusterConfig:
            headGroupSpec:
              rayStartParams: {}
              template:
                spec:
                  containers:
                    - name: head
                      image: rayproject/ray:2.46.0

    Good::

        apiVersion: ray.io/v1
        kind: RayService
        metadata:
          name: serve
        spec:
          serveConfigV2: |
            applications:
              - name: app
                import_path: main:app
          rayClusterConfig:
            headGroupSpec:
              rayStartParams: {}
              template:
                spec:
                  containers:
                    - name: head
                      image: rayproject/ray:2.46.0
    """
    return manifest.faults.get("ray-services", ())


@rule(Stage.SYNTAX)
def ray_embedded_yaml(manifest: CustomManifest) -> Iterable[Finding]:
    """Texts that Ray reads as YAML are YAML.

    Source: https://docs.ray.io/en/latest/cluster/kubernetes/getting-started/rayjob-quick-start.html
    Bad::

        apiVersion: ray.io/v1
        kind: RayJob
        metadata:
          name: train
        spec:
          entrypoint: python train.py
          runtimeEnvYAML: |
            pip: [torch
          rayClusterSpec:
            headGroupSpec:
              rayStartParams: {}
              template:
                spec:
                  containers:
                    - name: head
                      image: rayproject/ray:2.46.0

    Good::

        apiVersion: ray.io/v1
        kind: RayJob
        metadata:
          name: train
        spec:
          entrypoint: python train.py
          runtimeEnvYAML: |
            pip: [torch]
          rayClusterSpec:
            headGroupSpec:
              rayStartParams: {}
              template:
                spec:
                  containers:
                    - name: head
                      image: rayproject/ray:2.46.0
    """
    return manifest.faults.get("ray-embedded-yaml", ())


@rule(Stage.SEMANTICS)
def kserve_components(manifest: CustomManifest) -> Iterable[Finding]:
    """Every component of an inference service serves exactly one thing.

    Source: https://kserve.github.io/website/docs/reference/crd-api
    Bad::

        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          name: iris
        spec:
          predictor:
            model:
              modelFormat:
                name: sklearn
              storageUri: gs://models/iris
            sklearn:
              storageUri: gs://models/iris

    Good::

        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          name: iris
        spec:
          predictor:
            model:
              modelFormat:
                name: sklearn
              storageUri: gs://models/iris
    """
    return manifest.faults.get("kserve-components", ())


@rule(Stage.SEMANTICS)
def kserve_scaling(manifest: CustomManifest) -> Iterable[Finding]:
    """Replicas and traffic of an inference service are within bounds that fit.

    Source: https://kserve.github.io/website/docs/reference/crd-api
    Bad::

        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          name: iris
        spec:
          predictor:
            minReplicas: 3
            maxReplicas: 2
            model:
              modelFormat:
                name: sklearn
              storageUri: gs://models/iris

    Good::

        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          name: iris
        spec:
          predictor:
            minReplicas: 1
            maxReplicas: 2
            model:
              modelFormat:
                name: sklearn
              storageUri: gs://models/iris
    """
    return manifest.faults.get("kserve-scaling", ())


@rule(Stage.SEMANTICS)
def kserve_storage(manifest: CustomManifest) -> Iterable[Finding]:
    """Models lie where KServe can fetch them.

    Source: https://kserve.github.io/website/docs/model-serving/storage/overview
    Bad::

        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          name: iris
        spec:
          predictor:
            model:
              modelFormat:
                name: sklearn
              storageUri: models/iris

    Good::

        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          name: iris
        spec:
          predictor:
            model:
              modelFormat:
                name: sklearn
              storageUri: gs://models/iris
    """
    return manifest.faults.get("kserve-storage", ())


@rule(Stage.SEMANTICS)
def kserve_graphs(manifest: CustomManifest) -> Iterable[Finding]:
    """Inference graphs begin at `root`, and their steps lead somewhere.

    Source: https://kserve.github.io/website/docs/concepts/resources/inferencegraph
    Bad::

        apiVersion: serving.kserve.io/v1alpha1
        kind: InferenceGraph
        metadata:
          name: split
        spec:
          nodes:
            root:
              routerType: Splitter
              steps:
                - serviceName: old
                  weight: 80
                - serviceName: new
                  weight: 10

    Good::

        apiVersion: serving.kserve.io/v1alpha1
        kind: InferenceGraph
        metadata:
          name: split
        spec:
          nodes:
            root:
              routerType: Splitter
              steps:
                - serviceName: old
                  weight: 80
                - serviceName: new
                  weight: 20
    """
    return manifest.faults.get("kserve-graphs", ())


@rule(Stage.SEMANTICS)
def kubeflow_replicas(manifest: CustomManifest) -> Iterable[Finding]:
    """Training jobs have the replicas and containers that their framework needs.

    Source: https://www.kubeflow.org/docs/components/trainer/legacy-v1/user-guides/pytorch/
    Bad::

        apiVersion: kubeflow.org/v1
        kind: PyTorchJob
        metadata:
          name: train
        spec:
          pytorchReplicaSpecs:
            Master:
              replicas: 2
              template:
                spec:
                  containers:
                    - name: pytorch
                      image: example/train:1

    Good::

        apiVersion: kubeflow.org/v1
        kind: PyTorchJob
        metadata:
          name: train
        spec:
          pytorchReplicaSpecs:
            Master:
              replicas: 1
              template:
                spec:
                  containers:
                    - name: pytorch
                      image: example/train:1
    """
    return manifest.faults.get("kubeflow-replicas", ())


@rule(Stage.REFERENCES)
def kubeflow_runtimes(manifest: CustomManifest) -> Iterable[Finding]:
    """Train jobs refer to a runtime.

    Source: https://www.kubeflow.org/docs/components/trainer/operator-guides/runtime/
    Bad::

        apiVersion: trainer.kubeflow.org/v1alpha1
        kind: TrainJob
        metadata:
          name: train
        spec:
          runtimeRef:
            kind: Runtime
            name: torch-distributed

    Good::

        apiVersion: trainer.kubeflow.org/v1alpha1
        kind: TrainJob
        metadata:
          name: train
        spec:
          runtimeRef:
            kind: ClusterTrainingRuntime
            name: torch-distributed
    """
    return manifest.faults.get("kubeflow-runtimes", ())


@rule(Stage.SEMANTICS)
def kueue_quotas(manifest: CustomManifest) -> Iterable[Finding]:
    """Every flavor has a quota for each covered resource, in their order.

    Source: https://kueue.sigs.k8s.io/docs/concepts/cluster_queue/
    Bad::

        apiVersion: kueue.x-k8s.io/v1beta1
        kind: ClusterQueue
        metadata:
          name: team
        spec:
          namespaceSelector: {}
          resourceGroups:
            - coveredResources: [cpu, memory]
              flavors:
                - name: default
                  resources:
                    - name: cpu
                      nominalQuota: 4

    Good::

        apiVersion: kueue.x-k8s.io/v1beta1
        kind: ClusterQueue
        metadata:
          name: team
        spec:
          namespaceSelector: {}
          resourceGroups:
            - coveredResources: [cpu, memory]
              flavors:
                - name: default
                  resources:
                    - name: cpu
                      nominalQuota: 4
                    - name: memory
                      nominalQuota: 8Gi
    """
    return manifest.faults.get("kueue-quotas", ())


@rule(Stage.REFERENCES)
def kueue_references(manifest: CustomManifest) -> Iterable[Finding]:
    """Queues refer to queues and flavors of the same manifest, where it has any.

    Source: https://kueue.sigs.k8s.io/docs/concepts/local_queue/
    Bad::

        apiVersion: kueue.x-k8s.io/v1beta1
        kind: ClusterQueue
        metadata:
          name: team
        ---
        apiVersion: kueue.x-k8s.io/v1beta1
        kind: LocalQueue
        metadata:
          name: jobs
        spec:
          clusterQueue: other

    Good::

        apiVersion: kueue.x-k8s.io/v1beta1
        kind: ClusterQueue
        metadata:
          name: team
        ---
        apiVersion: kueue.x-k8s.io/v1beta1
        kind: LocalQueue
        metadata:
          name: jobs
        spec:
          clusterQueue: team
    """
    return manifest.faults.get("kueue-references", ())


@rule(Stage.SEMANTICS)
def seldon_graphs(manifest: CustomManifest) -> Iterable[Finding]:
    """Every node of a Seldon graph is served by something.

    Source: https://docs.seldon.io/projects/seldon-core/en/latest/graph/inference-graph.html
    Bad::

        apiVersion: machinelearning.seldon.io/v1
        kind: SeldonDeployment
        metadata:
          name: iris
        spec:
          predictors:
            - name: default
              graph:
                name: classifier
                implementation: SKLEARN_SERVER

    Good::

        apiVersion: machinelearning.seldon.io/v1
        kind: SeldonDeployment
        metadata:
          name: iris
        spec:
          predictors:
            - name: default
              graph:
                name: classifier
                implementation: SKLEARN_SERVER
                modelUri: gs://models/iris
    """
    return manifest.faults.get("seldon-graphs", ())


@rule(Stage.REFERENCES)
def seldon_pipelines(manifest: CustomManifest) -> Iterable[Finding]:
    """Steps of a pipeline take their inputs from steps that exist.

    Source: https://docs.seldon.ai/seldon-core-2/user-guide/data-science-pipelines
    Bad::

        apiVersion: mlops.seldon.io/v1alpha1
        kind: Pipeline
        metadata:
          name: chain
        spec:
          steps:
            - name: first
            - name: second
              inputs: [third]
          output:
            steps: [second]

    Good::

        apiVersion: mlops.seldon.io/v1alpha1
        kind: Pipeline
        metadata:
          name: chain
        spec:
          steps:
            - name: first
            - name: second
              inputs: [first]
          output:
            steps: [second]
    """
    return manifest.faults.get("seldon-pipelines", ())


@rule(Stage.SEMANTICS)
def volcano_tasks(manifest: CustomManifest) -> Iterable[Finding]:
    """A Volcano job waits for no more pods than it has.

    Source: https://volcano.sh/en/docs/vcjob/
    Bad::

        apiVersion: batch.volcano.sh/v1alpha1
        kind: Job
        metadata:
          name: train
        spec:
          minAvailable: 3
          schedulerName: volcano
          tasks:
            - name: worker
              replicas: 2
              template:
                spec:
                  containers:
                    - name: worker
                      image: example/train:1

    Good::

        apiVersion: batch.volcano.sh/v1alpha1
        kind: Job
        metadata:
          name: train
        spec:
          minAvailable: 2
          schedulerName: volcano
          tasks:
            - name: worker
              replicas: 2
              template:
                spec:
                  containers:
                    - name: worker
                      image: example/train:1
    """
    return manifest.faults.get("volcano-tasks", ())


IN_ORDER = (
    katib_trials,
    katib_objective,
    katib_algorithm,
    katib_search_space,
    katib_trial_template,
    katib_metrics,
    ray_clusters,
    ray_jobs,
    ray_services,
    ray_embedded_yaml,
    kserve_components,
    kserve_scaling,
    kserve_storage,
    kserve_graphs,
    kubeflow_replicas,
    kubeflow_runtimes,
    kueue_quotas,
    kueue_references,
    seldon_graphs,
    seldon_pipelines,
    volcano_tasks,
)
