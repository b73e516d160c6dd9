resource "aws_ecs_service" "worker" {
  name            = "worker"
  cluster         = "platform"
  task_definition = "worker:1"
  launch_type     = "FARGATE"

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 1
  }

  ordered_placement_strategy {
    type  = "spread"
    field = "attribute:ecs.availability-zone"
  }

  deployment_controller {
    type = "ROLLING"
  }
}
