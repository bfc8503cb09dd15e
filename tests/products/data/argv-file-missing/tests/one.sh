echo error=0
