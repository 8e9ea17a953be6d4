"""Programs (the prefecture or city whose house it is) and municipalities."""

from django.db import models


class Municipality(models.Model):
    """A city, town, village or special ward, keyed by its 6-digit 全国地方公共団体コード.

    Names repeat across Japan (香美市 / 香美町, two 太子町), so nothing is ever looked up by name.
    Wards of designated cities aren't municipalities and aren't here.
    """

    code = models.CharField(primary_key=True, max_length=6)
    prefecture = models.CharField(max_length=8)
    name = models.CharField(max_length=32)
    kana = models.CharField(max_length=64)
    # Census 2020, preliminary count; null where the source had none (treated as under 2,000).
    population = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["prefecture", "code"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[0-9]{6}$"), name="municipality_code_six_digits"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefecture}{self.name}"


class Program(models.Model):
    """One body's program; rooms, staff and figures belong to exactly one."""

    slug = models.SlugField(unique=True, max_length=40)
    name = models.CharField(max_length=80)
    # 2-digit prefecture code (JIS X 0401), "28" for Hyogo.
    prefecture_code = models.CharField(max_length=2)
    # One supporter alone may keep one room open (design rule 2).
    may_open_alone = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name
