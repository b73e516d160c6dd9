variable "region" {
  type    = "string"
  default = "us-east-1"
}

variable "zones" {
  type    = list
  default = ["a", "b"]
}

variable "port" {
  type    = number
  default = "http"
}

provider "aws" {
  region = "${var.region}"
}
