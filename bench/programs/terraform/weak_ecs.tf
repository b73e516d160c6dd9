resource "aws_ecs_cluster" "c" {
  name = "cluster"
}

resource "aws_ecs_task_definition" "t" {
  family                = "app"
  container_definitions = [
    {
      name  = "app"
      image = "nginx"
      cpu   = 256
    }
  ]
}

resource "aws_ecs_service" "s" {
  name            = "svc"
  cluster         = aws_ecs_cluster.c.id
  task_definition = aws_ecs_task_definition.t.arn
  desired_count   = 1
}
