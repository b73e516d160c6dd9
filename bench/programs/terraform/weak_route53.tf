resource "aws_route53_zone" "z" {
  name = "example.com"
}

resource "aws_route53_record" "www" {
  zone_id = aws_route53_zone.z.id
  name    = "www"
  type    = "a"
  ttl     = "300"
  records = "1.2.3.4"
}
