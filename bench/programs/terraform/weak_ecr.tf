resource "aws_ecr_repository" "r" {
  name                 = "MyApp"
  image_tag_mutability = "immutable"
  image_scanning_configuration {
    scan = true
  }
}
