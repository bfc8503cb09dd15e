"""Files know whose they are; those that were taken in before are taken in again by the next ingest."""

from django.db import migrations, models


def forget(apps, _editor):
    apps.get_model("store", "WorkspaceFile").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0007_consortium_workspace'),
    ]

    operations = [
        migrations.AddField(
            model_name='workspacefile',
            name='scope',
            field=models.CharField(default='', max_length=120),
        ),
        migrations.AddIndex(
            model_name='workspacefile',
            index=models.Index(fields=['what', 'scope'], name='file_scope'),
        ),
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
